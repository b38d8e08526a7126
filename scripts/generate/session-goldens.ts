// Golden files of the renderer: the objects of each built-in template, as a person's first start makes them.
// They hold direct mode, the operator and the manifests together: a change of the renderer shows in review as a change of these.
import { builtinTemplates } from '../../shared/domain/builtin-templates.ts'
import { ownerHash } from '../../shared/domain/hash.ts'
import { DEFAULT_DESKTOP_IMAGE, FIELD_MANAGER_DESKTOP } from '../../shared/product.ts'
import { renderSession } from '../../shared/render/render-session.ts'
import { yamlFile, type GeneratedFile } from './generated-file.ts'

export const GOLDEN_FOLDER = 'shared/render/golden'

/** One file a built-in template. */
export function sessionGoldens(): readonly GeneratedFile[] {
  return builtinTemplates().map((template) => {
    const { secret, claim, pod, service } = renderSession({
      template,
      session: {
        name: `${template.id}-golden`,
        namespace: 'alice',
        owner: 'alice@example',
        ownerHash: ownerHash('alice@example'),
        displayName: template.spec.displayName,
        withoutGpu: false,
        created: '2026-01-01T00:00:00.000Z',
        lastStarted: '2026-01-01T00:00:00.000Z',
      },
      platform: { nodePort: true, fieldManager: FIELD_MANAGER_DESKTOP, desktopImage: DEFAULT_DESKTOP_IMAGE },
      secrets: { password: 'golden-password' },
      recordUid: '00000000-0000-0000-0000-000000000000',
    })
    const objects = [secret, claim, pod, service].filter((object) => object !== undefined)
    return yamlFile(`${GOLDEN_FOLDER}/${template.id}.yaml`, `What renderSession makes of ${template.id}.`, objects)
  })
}
