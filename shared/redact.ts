// Takes secrets out of text and of fields before they reach a log or a person. When in doubt it removes too much.

const REMOVED = '[removed]'

/** Names whose values are never written, whatever they hold. Compared without case, `-` and `_`. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'token',
  'idtoken',
  'accesstoken',
  'refreshtoken',
  'bearertoken',
  'password',
  'viewpassword',
  'passwd',
  'secret',
  'clientsecret',
  'credential',
  'certificateauthoritydata',
  'clientcertificatedata',
  'clientkeydata',
  'icepwd',
  'ticket',
  'kubeconfig',
])

const NAMED =
  '(?:proxy-)?authorization|set-cookie|cookie|(?:id|access|refresh|bearer)?[-_]?token|(?:view)?password|passwd|client[-_]secret|secret|credential|certificate-authority-data|client-(?:certificate|key)-data|ice-pwd'

/** Pattern -> what stands there instead. Order matters: whole documents before their parts. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // a certificate or key, with real or escaped line ends
  [/-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g, REMOVED],
  // the same in base64 ("-----BEGIN" begins with LS0tLS1CRUdJTi)
  [/LS0tLS1CRUdJTi[A-Za-z0-9+/=_-]*/g, REMOVED],
  [/\beyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)?/g, REMOVED],
  [/\b(Bearer|Basic|Digest|Negotiate)\s+[\w.~+/=:-]+/gi, `$1 ${REMOVED}`],
  // name: "a value that may hold spaces", plain and inside JSON that stands in a string
  [new RegExp(`(\\b(?:${NAMED})["']?\\s*[:=]\\s*)(["'])(?:\\\\.|(?!\\2)[\\s\\S])*`, 'gi'), `$1$2${REMOVED}`],
  [new RegExp(`(\\b(?:${NAMED})\\\\["']\\s*[:=]\\s*\\\\["'])(?:(?!\\\\["'])[\\s\\S])*`, 'gi'), `$1${REMOVED}`],
  [
    new RegExp(`(\\b(?:${NAMED})["'\\\\]*\\s*[:=]\\s*)(?!["'\\\\[])(?:(?:Bearer|Basic)\\s+)?[^\\s"',;&\\\\}]+`, 'gi'),
    `$1${REMOVED}`,
  ],
  // user and password in a URL, and the ticket of a desktop's door
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, `$1${REMOVED}@`],
  [/\/d\/[\w-]{8,}/g, `/d/${REMOVED}`],
]

/** Takes secrets out of a text: tokens, Authorization, certificates and keys, ICE passwords, whole kubeconfigs. */
export function redactText(text: string): string {
  if (/\bkind["']?\s*:\s*["']?Config\b/.test(text) && /\b(?:users|clusters|contexts)["']?\s*:/.test(text))
    return '[kubeconfig removed]'
  return PATTERNS.reduce((left, [pattern, instead]) => left.replace(pattern, instead), text)
}

/** Takes secrets out of fields, at any depth; what is not plain data becomes text first. */
export function redactFields(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? '[function]' : value
  if (depth > 6) return '[deep]'
  // an error's own fields may hold a whole answer with its headers: its words alone are kept
  if (value instanceof Error) return redactText(value.stack ?? `${value.name}: ${value.message}`)
  if (value instanceof Uint8Array) return `[${value.length} bytes]`
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => redactFields(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      SECRET_NAMES.has(name.toLowerCase().replaceAll(/[-_]/g, '')) ? REMOVED : redactFields(item, depth + 1),
    ]),
  )
}
