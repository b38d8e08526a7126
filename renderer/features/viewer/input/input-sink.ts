// Where input goes: the present transport, or nowhere while there is none.
import type { ClientMessage } from '../../../../shared/selkies/g2/messages.ts'

/** @param lane `pointer` for pure motion alone */
export type InputSink = (message: ClientMessage, lane?: 'input' | 'pointer') => void
