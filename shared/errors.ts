// Errors that people see: a stable code, a sentence, one next step. Values at the borders (IPC, topics), exceptions inside.
// The raw message goes into `detail` ("one click away"), never into the sentence, and never holds a secret.
import * as z from 'zod/mini'
import { CATALOG, type ErrorCode } from './error-catalog.ts'

/** The form in which an error crosses a border. */
export const appErrorSchema = z.object({
  code: z.string(),
  sentence: z.string(),
  nextStep: z.string(),
  detail: z.optional(z.string()),
})
export type AppErrorView = z.infer<typeof appErrorSchema>

/** An error with words for people. Throw it inside; `toView` carries it across a border. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly sentence: string
  readonly nextStep: string
  readonly detail: string | undefined
  constructor(code: ErrorCode, words: Words = {}, options: { detail?: string | undefined; cause?: unknown } = {}) {
    const { sentence, nextStep } = CATALOG[code]
    const said = fill(sentence, words)
    super(`${code}: ${said}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.sentence = said
    this.nextStep = fill(nextStep, words)
    this.detail = options.detail
  }
  /** The plain value that crosses a border. */
  toView(): AppErrorView {
    const { code, sentence, nextStep, detail } = this
    return detail === undefined ? { code, sentence, nextStep } : { code, sentence, nextStep, detail }
  }
}

/** Values for the `{name}` places of a catalogue sentence. */
export type Words = Readonly<Record<string, string | number>>

/**
 * Turns anything thrown into the view of an AppError; what is not one becomes `internal`, with its message as detail.
 * @param thrown whatever a `catch` caught
 */
export function toErrorView(thrown: unknown): AppErrorView {
  if (thrown instanceof AppError) return thrown.toView()
  return new AppError('internal', {}, { detail: thrown instanceof Error ? thrown.message : String(thrown) }).toView()
}

function fill(text: string, words: Words): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(words[name] ?? ''))
}
