// Kubeconfigs for the fake API server, good and bad ones.

export interface KubeconfigOptions {
  readonly contextName?: string
  readonly server?: string
  /** Default `team`; '' leaves it out. */
  readonly namespace?: string
  /** Token of the user; default `user-token`. Ignored when `user` is given. */
  readonly token?: string
  /** The whole user entry instead, as a kubeconfig has it (`exec`, `client-certificate-data`, ...). */
  readonly user?: Readonly<Record<string, unknown>>
  /** More or other fields of the cluster entry. */
  readonly cluster?: Readonly<Record<string, unknown>>
  /** CA to name instead of the server's own, PEM. */
  readonly ca?: string
}

/** A kubeconfig with one cluster, one user and one context, as YAML (JSON is YAML). */
export function kubeconfigText(url: string, caPem: string, options: KubeconfigOptions = {}): string {
  const name = options.contextName ?? 'fake'
  const namespace = options.namespace ?? 'team'
  const cluster = {
    server: options.server ?? url,
    'certificate-authority-data': Buffer.from(options.ca ?? caPem).toString('base64'),
    ...options.cluster,
  }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name: `${name}-cluster`, cluster }],
    users: [{ name: `${name}-user`, user: options.user ?? { token: options.token ?? 'user-token' } }],
    contexts: [
      { name, context: { cluster: `${name}-cluster`, user: `${name}-user`, ...(namespace && { namespace }) } },
    ],
  }
  return JSON.stringify(config, null, 2)
}
