// One running desktop a home: waits for a home that is being let go, refuses one in use and says where, and holds it while a start is made.
import { POD } from '../../../kube/types.ts'
import { homeName } from '../../../shared/domain/names.ts'
import type { Template } from '../../../shared/domain/template.ts'
import { AppError } from '../../../shared/errors.ts'
import { LABEL } from '../../../shared/product.ts'
import { claimNameOf, isFinished, isTerminating, label } from '../kube-read.ts'
import { podsOf } from './cluster-state.ts'
import { untilGone, type LaunchWorld } from './launch.ts'
import type { SessionKeeper } from './session-keeper.ts'

export interface HomeGuard {
  /** Holds the template's home for a session until `release`. @throws AppError `home-in-use` */
  hold(template: Pick<Template, 'id' | 'spec'>, session: string, signal?: AbortSignal): Promise<void>
  release(session: string): void
}

/** @param ownerHash whose homes these are */
export function createHomeGuard(world: LaunchWorld, keeper: SessionKeeper, ownerHash: string): HomeGuard {
  const held = new Map<string, string>()
  return {
    async hold(template, session, signal) {
      if (!template.spec.storage.home) return
      const home = homeName(template.id, ownerHash)
      for (;;) {
        const user = podsOf(world.state).find(
          (pod) => claimNameOf(pod) === home && label(pod, LABEL.session) !== session && !isFinished(pod),
        )
        if (!user) break
        if (!isTerminating(user)) {
          const name = label(user, LABEL.session) ?? user.metadata.name
          throw inUse(keeper.find(name)?.record.displayName ?? name, user.spec?.nodeName)
        }
        await untilGone(world, [[POD, user]], signal)
        // it would not go: its machine may be lost, and the scheduler knows better than we do
        if (podsOf(world.state).some(({ metadata }) => metadata.uid === user.metadata.uid)) break
      }
      const inHand = [...keeper.memories].some(
        ([name, { start }]) => name !== session && start && !start.ending && start.input.template.id === template.id,
      )
      if (inHand || (held.get(home) ?? session) !== session) throw inUse(template.spec.displayName, undefined)
      held.set(home, session)
    },
    release(session) {
      for (const [home, holder] of held) if (holder === session) held.delete(home)
    },
  }
}

function inUse(session: string, node: string | undefined): AppError {
  return new AppError('home-in-use', { session: `“${session}”`, node: node === undefined ? '' : ` on ${node}` })
}
