import type {
  RemovalSettings,
  RemovalRequestInput as RequestForWorkers,
} from '../../domain/removal-request-input.ts'

/** A video that is no file: bytes, a `Blob` or `File`, or a stream of Node or of the web, which is read once. */
export type VideoBytes = Uint8Array | Blob | AsyncIterable<Uint8Array>

/** One request for the background of one video to be removed. Unknown fields are refused. */
export interface RemovalRequestInput extends RemovalSettings {
  /**
   * The video: the path of a file; a URL, as text, `URL` or `{ url }`, which the vendor fetches itself; the bytes, as
   * `Buffer`, `Blob` or stream; or `{ stored }`, the key of an object that lies in the storage already. At most
   * 500,000,000 bytes of mp4, mov, webm or avi.
   */
  source: RequestForWorkers['source'] | URL | VideoBytes
}
