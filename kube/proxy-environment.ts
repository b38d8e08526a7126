// Which proxy the environment names for a server: HTTPS_PROXY and NO_PROXY, read as kubectl reads them. Pure.
// Policy: a kubeconfig's own `proxy-url` comes first (whoever asks sees to that); what is not understood in NO_PROXY excludes nothing.
import { BlockList, isIP } from 'node:net'
import type { Environment } from './kubeconfig/sources.ts'

/**
 * The proxy for an https server, or undefined. Source: the rules of Go's `net/http`, which kubectl follows: upper case before
 * lower, a bare `host:port` means http, loopback is never proxied, ALL_PROXY is not looked at.
 */
export function proxyFromEnvironment(server: string, env: Environment): string | undefined {
  const named = env['HTTPS_PROXY'] || env['https_proxy']
  const url = URL.parse(server)
  if (!named || !url || isExcluded(url, env['NO_PROXY'] || env['no_proxy'] || '')) return undefined
  const proxy = /^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`
  return /^(https?|socks5h?):\/\//i.test(proxy) && URL.canParse(proxy) ? proxy : undefined
}

function isExcluded({ hostname, port }: URL, list: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))) return true
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || matches(entry, host, port || '443'))
}

/** One entry: an address, a range, or a domain, each but the range with a port or without. */
function matches(entry: string, host: string, port: string): boolean {
  const family = isIP(host)
  const range = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(entry)
  if (range) return family !== 0 && isInRange(host, family === 4 ? 'ipv4' : 'ipv6', range[1] ?? '', Number(range[2]))
  const [, name = entry, only] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry) ?? []
  if (only !== undefined && only !== port) return false
  const bare = name.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 0) return bare === host
  // "example.com" is that and all below it; ".example.com" and "*.example.com" only what is below
  const domain = bare.replace(/^\*(?=\.)/, '')
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`)
}

function isInRange(host: string, family: 'ipv4' | 'ipv6', network: string, bits: number): boolean {
  if (isIP(network) !== (family === 'ipv4' ? 4 : 6) || bits > (family === 'ipv4' ? 32 : 128)) return false
  const block = new BlockList()
  block.addSubnet(network, bits, family)
  return block.check(host, family)
}
