import type { Background, Model, OutputFormat } from './request-values.ts'

/** Where the vendor puts the foreground, in pixels of the canvas. Source: docs/vendors/removebgvideo.md §7. */
export interface CompositionInput {
  /** The size of the output, 16 to 8192 each. */
  canvas?:
    | {
        /** In pixels. */
        width: number
        /** In pixels. */
        height: number
      }
    | undefined
  /** Where the subject stands on it. */
  foreground?:
    | {
        /** Which point of the foreground is placed. */
        anchor?:
          | 'center'
          | 'top-left'
          | 'top-center'
          | 'top-right'
          | 'center-left'
          | 'center-right'
          | 'bottom-left'
          | 'bottom-center'
          | 'bottom-right'
          | undefined
        /** 1 is its own size; up to 16. */
        scale?: number | undefined
        /** From the anchor's place, -8192 to 8192 each. */
        offset?:
          | {
              /** To the right, in pixels. */
              x: number
              /** Down, in pixels. */
              y: number
            }
          | undefined
      }
    | undefined
}

/** Everything that a request may say besides its source; what is left out has the default that its field names. */
export interface RemovalSettings {
  /** The vendor's model: `original`, `light`, `pro` or `human`; `original` unless given. Prices and speed differ. */
  model?: Model | undefined
  /** The file that is made; `webm` unless given. All but `mp4` carry alpha. */
  outputFormat?: OutputFormat | undefined
  /**
   * What stands behind the foreground: `transparent`, which is the default, `#rrggbb`, or the URL of an image. With `mp4`
   * it must be given and not transparent.
   */
  background?: string | Background | undefined
  /** What to keep, in words; for the model `pro` only, at most 1,000 characters. */
  textPrompt?: string | null | undefined
  /** Canvas and placement of the foreground; as in the input unless given. */
  composition?: CompositionInput | null | undefined
  /** Processes, and bills, only so many seconds from the beginning. */
  previewSeconds?: number | null | undefined
  /** Never spends more than this on the removal, over all of its purchases; no limit unless given. */
  maxCredits?: number | null | undefined
  /**
   * What may be bought when the first job has failed: `none`, the default; `auto`, at most one more purchase; or models in
   * order, as a list or as text like `light,human:mov`, at most its length.
   */
  fallback?:
    | string
    | {
        /** The model. */
        model: Model
        /** The format; as requested unless given. */
        outputFormat?: OutputFormat | undefined
      }[]
    | undefined
  /** Refuses an output about which there is a doubt, instead of delivering it with a warning; false unless given. */
  strict?: boolean | undefined
  /** Before the start, the removal fails after this time; a text like `15m`, or milliseconds. By length and model unless given. */
  deadline?: string | number | null | undefined
  /** Whose budget and list it belongs to, 1 to 64 of `A-Z a-z 0-9 . _ -`; `default` unless given. */
  project?: string | undefined
  /** The caller's own id of a user, kept with every record. */
  user?: string | null | undefined
  /** The caller's own id of what it is for, an order for instance, kept with every record. */
  reference?: string | null | undefined
  /**
   * The removal's own id, 1 to 64 of `A-Z a-z 0-9 _ -`. The same id and request is the same removal, however often it is
   * asked for; another request under that id is refused. One is made unless given.
   */
  id?: string | null | undefined
}

/** A request as workers take it, with a source that they can reach. Unknown fields are refused. */
export interface RemovalRequestInput extends RemovalSettings {
  /** The path of a file or a URL, `{ url }`, or `{ stored }` with the key of an object in the storage. */
  source:
    | string
    | {
        /** A public http or https URL of a video. */
        url: string
      }
    | {
        /** The key of an object in the storage. */
        stored: string
      }
}
