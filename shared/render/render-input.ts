// What renderSession needs to know: template, session, platform and secrets. All of it is given, nothing is looked up.
import type { Template } from '../domain/template.ts'
import type { OwnerReference } from './types.ts'

export interface RenderInput {
  readonly template: Template
  readonly session: RenderedSession
  readonly platform: RenderPlatform
  readonly secrets: { readonly password: string; readonly relay?: RelayCredential | undefined }
  /** uid of the access Secret once it exists: pod and Service then belong to it. */
  readonly recordUid?: string | undefined
  /** The VDISession, where there is one: Secret, pod and Service belong to it. */
  readonly owner?: OwnerReference | undefined
}

/** What one person may use of the relay, for a while: the shared secret is not in it. */
export interface RelayCredential {
  readonly urls: readonly string[]
  readonly username: string
  readonly credential: string
  /** RFC 3339. */
  readonly expires: string
}

export interface RenderedSession {
  readonly name: string
  readonly namespace: string
  /** The user's name as the API server has it. */
  readonly owner: string
  readonly ownerHash: string
  readonly displayName: string
  readonly withoutGpu: boolean
  /** RFC 3339: when the record was first made, and when the present start was asked for. */
  readonly created: string
  readonly lastStarted: string
}

export interface RenderPlatform {
  /** Make a Service with a UDP node port. */
  readonly nodePort: boolean
  readonly fieldManager: string
  /** Our own desktop's image: the side container of other images runs from it. */
  readonly desktopImage: string
  /** The relay's image: it stands beside desktops of Selkies 1.6. */
  readonly relayImage?: string | undefined
  /** STUN servers of the platform's own that the desktop may ask; none is the rule. */
  readonly stunUrls?: readonly string[] | undefined
}

/** Whether this start asks for a GPU slice. */
export function usesGpu({ template, session }: RenderInput): boolean {
  return template.spec.gpu.slices > 0 && !session.withoutGpu
}
/** Where the person's files are in the desktop. */
export function homePath({ template }: RenderInput): string {
  return template.spec.storage.home?.mountPath ?? (template.spec.flavour === 'linuxserver' ? '/config' : '/home/user')
}
