/** What every command that prints a result can do. */
export const JSON_FLAG = ['--json', 'print exactly one JSON document on stdout'] as const
