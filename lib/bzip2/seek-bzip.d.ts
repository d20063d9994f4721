declare module 'seek-bzip' {
  /** What bzip2 packed. @throws Error when that isn't bzip2 */
  export function decode(packed: Uint8Array): Buffer;
}
