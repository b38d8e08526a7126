// The core's log: pino without transports, one JSON object a line. Every line passes the redaction twice: its fields, then its text.
import { pino } from 'pino'
import { redactFields, redactText } from '../../shared/redact.ts'

export type LogFields = Readonly<Record<string, unknown>>

export interface Logger {
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** The same log with a scope on every line. */
  scope(name: string): Logger
}

/** Where lines go: a file, or a list in a test. */
export interface LogSink {
  write(line: string): void
}

/** Makes the log over a sink. */
export function createLogger(sink: LogSink): Logger {
  const base = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    { write: (line: string) => sink.write(redactText(line.trimEnd()) + '\n') },
  )
  const over = (log: typeof base): Logger => ({
    info: (message, fields = {}) => log.info(redactFields(fields), redactText(message)),
    warn: (message, fields = {}) => log.warn(redactFields(fields), redactText(message)),
    error: (message, fields = {}) => log.error(redactFields(fields), redactText(message)),
    scope: (name) => over(log.child({ scope: redactText(name) })),
  })
  return over(base)
}

/** A log that keeps nothing. */
export const SILENT: Logger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  scope: () => SILENT,
}
