// The few host globals that both Node and browsers have and that shared/ may use. Everything else is left out on purpose:
// shared/ has no I/O, no clock and no randomness.
declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean })
  decode(input?: ArrayBufferView | ArrayBuffer): string
}
declare class URL {
  constructor(url: string, base?: string)
  readonly protocol: string
  readonly hostname: string
  readonly port: string
  readonly origin: string
  readonly username: string
  readonly password: string
  readonly pathname: string
  readonly search: string
  readonly host: string
  readonly href: string
}
declare function btoa(data: string): string
declare function atob(data: string): string
declare function structuredClone<T>(value: T): T
