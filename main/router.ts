// The one door from a UI to the core: who calls, what exists, what goes in, what comes out. Never rejects; errors are values.
// Everything is refused that is not explicitly offered, and an answer that does not fit its schema is not sent.
import type * as z from 'zod/mini'
import { AppError, toErrorView, type AppErrorView } from '../shared/errors.ts'
import type { CallResult } from '../shared/ipc/bridge.ts'
import { calls, type CallArgs, type CallOutput } from '../shared/ipc/contract.ts'
import type { CallName } from '../shared/ipc/names.ts'
import type { Sender } from './app-host.ts'
import { judgeJson, toJsonValue } from './json-value.ts'
import type { Logger } from './logging/logger.ts'
import { redactText } from '../shared/redact.ts'

/** One handler a call: a call of the contract without a handler is a type error. */
export type Handlers = {
  readonly [N in CallName]: (args: CallArgs<N>, sender: Sender) => Promise<CallOutput<N>> | CallOutput<N>
}

/** Characters of JSON that a call may carry; a pasted kubeconfig may be larger, so that its own limit can speak. */
const INPUT_LIMIT = 256 * 1024
const LARGE_INPUT: ReadonlySet<string> = new Set<CallName>(['clusters.addText'])
const LARGE_INPUT_LIMIT = 16 * 1024 * 1024

export interface RouterOptions {
  /** The one origin that may call. */
  readonly uiOrigin: string
  readonly handlers: Handlers
  readonly log: Logger
}

export interface Router {
  /** Why this sender may not speak to the core, or null. */
  refuse(sender: Sender): AppErrorView | null
  /** Serves one call; never rejects. */
  call(sender: Sender, name: string, input: unknown): Promise<CallResult<unknown>>
}

/** Makes the router over the contract's handlers. */
export function createRouter(options: RouterOptions): Router {
  const { uiOrigin, log } = options
  const handlers: Readonly<Record<string, (args: never, sender: Sender) => unknown>> = options.handlers
  const schemas: Readonly<Record<string, { readonly in: z.ZodMiniType; readonly out: z.ZodMiniType }>> = calls

  function refuse(sender: Sender): AppErrorView | null {
    if (sender.isMainFrame === true && sender.origin !== null && sender.origin === uiOrigin) return null
    return badRequest('The caller is not the app’s own page.')
  }

  async function serve(sender: Sender, name: string, input: unknown): Promise<CallResult<unknown>> {
    const refusal = refuse(sender)
    if (refusal !== null) return { ok: false, error: refusal }
    // own properties alone: `constructor` and `__proto__` are names of no call
    const schema = typeof name === 'string' && Object.hasOwn(schemas, name) ? schemas[name] : undefined
    const handler = schema && Object.hasOwn(handlers, name) ? handlers[name] : undefined
    if (!schema || !handler) return { ok: false, error: badRequest('There is no such call.') }
    const verdict = judgeJson(input, LARGE_INPUT.has(name) ? LARGE_INPUT_LIMIT : INPUT_LIMIT)
    if (verdict !== 'ok')
      return { ok: false, error: badRequest(verdict === 'too-large' ? 'The call is too large.' : 'Not JSON.') }
    const args = schema.in.safeParse(input)
    // issues name places and types; the values themselves stay out of it
    if (!args.success) return { ok: false, error: badRequest(issueText(args.error.issues)) }
    const answer = await handler(args.data as never, sender)
    const value = schema.out.safeParse(answer)
    if (!value.success) {
      log.error('an answer does not fit the contract', { call: name, issues: issueText(value.error.issues) })
      throw new AppError('internal', {}, { detail: `The answer of ${name} does not fit the contract.` })
    }
    return { ok: true, value: toJsonValue(value.data) }
  }

  return {
    refuse,
    async call(sender, name, input) {
      try {
        return await serve(sender, name, input)
      } catch (thrown) {
        // an error is an answer at this border
        const error = toErrorView(thrown)
        if (!(thrown instanceof AppError)) log.error('a call failed', { call: String(name), error: describe(thrown) })
        return { ok: false, error: error.detail === undefined ? error : { ...error, detail: redactText(error.detail) } }
      }
    },
  }
}

function badRequest(detail: string): AppErrorView {
  return new AppError('bad-request', {}, { detail }).toView()
}

function issueText(issues: readonly z.core.$ZodIssue[]): string {
  return issues
    .slice(0, 5)
    .map((issue) => `${issue.path.map(String).join('.') || 'input'}: ${issue.code}`)
    .join('; ')
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}
