// The operator's log: one JSON object a line on standard output. Secrets are taken out of every line, its fields and its text.
import { pino } from 'pino'
import { redactFields, redactText } from '../shared/redact.ts'

export type LogFields = Readonly<Record<string, unknown>>

export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

/** Makes the log. @param write takes one line, with its end */
export function createLogger(level: 'debug' | 'info' | 'warn' | 'error', write: (line: string) => void): Logger {
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => write(`${redactText(line.trimEnd())}\n`) },
  )
  const line =
    (name: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}): void => {
      // what is not written need not be cleaned
      if (log.isLevelEnabled(name)) log[name](redactFields(fields), redactText(message))
    }
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
}

/** A log that keeps nothing. */
export const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
