// A socket of a test's own, in the place of the browser's: what was sent is kept, what comes is said by the test.

/** Stands in for `WebSocket`, open from the start unless `begins` says otherwise. */
export class FakeSocket extends EventTarget {
  static readonly OPEN = 1
  /** Every one that was made, the newest last; a test empties it before it begins. */
  static all: FakeSocket[] = []
  /** `readyState` of those that are made from now on: 0 waits for `open()`. */
  static begins = 1
  readyState = FakeSocket.begins
  readonly sent: string[] = []
  constructor() {
    super()
    FakeSocket.all.push(this)
  }
  send(text: string) {
    this.sent.push(text)
  }
  close() {
    this.readyState = 3
  }
  open() {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }
  say(data: string | ArrayBuffer) {
    this.dispatchEvent(new MessageEvent('message', { data }))
  }
  end(code: number, reason = '') {
    this.readyState = 3
    this.dispatchEvent(Object.assign(new Event('close'), { code, reason }))
  }
}
