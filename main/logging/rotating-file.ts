// A log file that cannot fill the disk: at `maxBytes` it is renamed to `.1` (`.2`, ...) and the oldest goes.
// Written synchronously: a crash keeps the lines that explain it. A disk that is full loses lines, never the app.
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export interface RotatingFileOptions {
  readonly path: string
  /** Bytes of one file. */
  readonly maxBytes: number
  /** Files kept beside the one that is written. */
  readonly keep: number
}

export interface RotatingFile {
  write(line: string): void
  close(): void
}

/** Opens the file for appending (mode 0600). Never throws: without a file, lines are dropped. */
export function createRotatingFile(options: RotatingFileOptions): RotatingFile {
  const { path, maxBytes, keep } = options
  let fd: number | undefined
  let size = 0

  function open(): void {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      fd = openSync(path, 'a', 0o600)
      size = fstatSync(fd).size
    } catch {
      // no place to write to: the app goes on without a log
      fd = undefined
    }
  }

  function close(): void {
    if (fd === undefined) return
    closeSync(fd)
    fd = undefined
  }

  function rotate(): void {
    close()
    try {
      rmSync(`${path}.${keep}`, { force: true })
      for (let index = keep - 1; index >= 1; index--) renameIfThere(`${path}.${index}`, `${path}.${index + 1}`)
      if (keep > 0) renameIfThere(path, `${path}.1`)
      else rmSync(path, { force: true })
    } catch {
      // another process holds it (Windows): it grows past its size until the next turn
    }
    open()
  }

  open()
  return {
    write(line) {
      if (fd === undefined) return
      const bytes = Buffer.from(line)
      if (size > 0 && size + bytes.length > maxBytes) rotate()
      if (fd === undefined) return
      try {
        writeSync(fd, bytes)
        size += bytes.length
      } catch {
        // the disk is full or gone: this line is lost
      }
    },
    close,
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown
  }
}
