/** As much of a JSON schema as the published document uses. */
export interface DocumentedSchema {
  $ref?: string
  type?: string | readonly string[]
  description?: string
  enum?: readonly unknown[]
  const?: unknown
  default?: unknown
  format?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  items?: DocumentedSchema
  properties?: Readonly<Record<string, DocumentedSchema>>
  required?: readonly string[]
  anyOf?: readonly DocumentedSchema[]
  oneOf?: readonly DocumentedSchema[]
}

/** One field as a reader looks for it. */
export interface DocumentedField {
  /** Dotted path from the top; `[]` stands for each entry of a list. */
  path: string
  isRequired: boolean
  /** Its type in words. */
  words: string
  description: string
}

/** Every field of an object, those of objects within it beneath their own. */
export function fieldsOf(schema: DocumentedSchema, prefix = ''): DocumentedField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    return [
      {
        path,
        isRequired: schema.required?.includes(name) ?? false,
        words: typeWords(field),
        description: field.description ?? '',
      },
      ...within(field, path),
    ]
  })
}

/** The name of a schema that a reference leads to. */
export function referredName({ $ref }: DocumentedSchema): string | undefined {
  return $ref?.split('/').at(-1)
}

/** A type as people say it: `text, at most 300 characters`, `one of webm, mov, or null`. */
export function typeWords(schema: DocumentedSchema): string {
  const said = baseWords(schema)
  const isShown = schema.default !== undefined && schema.default !== null
  return isShown ? `${said}; ${valueWords(schema.default)} unless given` : said
}

function baseWords(schema: DocumentedSchema): string {
  const name = referredName(schema)
  if (name !== undefined) return name
  const alternatives = schema.anyOf ?? schema.oneOf
  if (alternatives !== undefined) return [...new Set(alternatives.map(typeWords))].join(', or ')
  if (schema.const !== undefined) return valueWords(schema.const)
  if (schema.enum !== undefined) return `one of ${schema.enum.map(valueWords).join(', ')}`
  const types = [schema.type ?? 'any'].flat()
  return types.map((type) => wordsOfType(type, schema)).join(', or ')
}

function wordsOfType(type: string, schema: DocumentedSchema): string {
  switch (type) {
    case 'string':
      return schema.format === 'binary'
        ? 'a file'
        : `text${bounds(schema.minLength, schema.maxLength, ' characters')}`
    case 'integer':
      return `whole number${bounds(schema.minimum, schema.maximum)}`
    case 'number':
      return `number${bounds(schema.minimum, schema.maximum)}`
    case 'boolean':
      return 'true or false'
    case 'array':
      return `list of ${schema.items === undefined ? 'anything' : typeWords(schema.items)}`
    case 'any':
      return 'anything'
    default:
      return type
  }
}

/** Bounds that a machine's numbers have anyway are not said. */
function bounds(least: number | undefined, most: number | undefined, unit = ''): string {
  const from = least !== undefined && least > 0 ? `at least ${least}` : ''
  const to = most !== undefined && most < Number.MAX_SAFE_INTEGER ? `at most ${most}` : ''
  const said = [from, to].filter((part) => part !== '').join(', ')
  return said === '' ? '' : `, ${said}${unit}`
}

function valueWords(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function within(schema: DocumentedSchema, path: string): DocumentedField[] {
  const alternatives = schema.anyOf ?? schema.oneOf ?? []
  const inItems = schema.items === undefined ? [] : within(schema.items, `${path}[]`)
  const own = fieldsOf(schema, `${path}.`)
  return [...own, ...inItems, ...alternatives.flatMap((each) => within(each, path))]
}
