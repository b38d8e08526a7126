// Certificates made in memory for the fakes: a CA, server and client certificates, expired ones too. No openssl, no files.
// Policy: test use alone; keys are EC P-256 and die with the process.
import { createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'

/** A certificate with its key, both PEM. */
export interface Certificate {
  readonly certPem: string
  readonly keyPem: string
}

/** An authority that issues certificates. */
export interface Authority extends Certificate {
  /**
   * Issues a certificate.
   * @param subject common name and organisations (Kubernetes reads them as user and groups)
   * @param options server: for a listener on 127.0.0.1 and localhost; validity in epoch ms
   */
  issue(
    subject: Subject,
    options?: { readonly server?: boolean; readonly notBefore?: number; readonly notAfter?: number },
  ): Certificate
}
export interface Subject {
  readonly commonName: string
  readonly organizations?: readonly string[]
}

const DAY = 86_400_000

/** Makes a self-signed CA that is valid from yesterday for ten years. */
export function createAuthority(commonName: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = { commonName }
  const now = Date.now()
  const certPem = certificate({
    subject: name,
    issuer: name,
    publicKey: keys.publicKey,
    signer: keys.privateKey,
    notBefore: now - DAY,
    notAfter: now + 3650 * DAY,
    extensions: [extension('551d13', sequence(der(0x01, Buffer.from([0xff]))), true)],
  })
  return {
    certPem,
    keyPem: privatePem(keys.privateKey),
    issue: (subject, options = {}) => {
      const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const usage = options.server ? '2b06010505070301' : '2b06010505070302'
      const extensions = [extension('551d25', sequence(oid(usage)))]
      if (options.server) {
        const localhost = der(0x82, Buffer.from('localhost'))
        extensions.push(extension('551d11', sequence(localhost, der(0x87, Buffer.from([127, 0, 0, 1])))))
      }
      return {
        certPem: certificate({
          subject,
          issuer: name,
          publicKey: leaf.publicKey,
          signer: keys.privateKey,
          notBefore: options.notBefore ?? now - DAY,
          notAfter: options.notAfter ?? now + 365 * DAY,
          extensions,
        }),
        keyPem: privatePem(leaf.privateKey),
      }
    },
  }
}

function certificate(parts: {
  readonly subject: Subject
  readonly issuer: Subject
  readonly publicKey: KeyObject
  readonly signer: KeyObject
  readonly notBefore: number
  readonly notAfter: number
  readonly extensions: readonly Buffer[]
}): string {
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
  const serial = randomBytes(8)
  serial[0] = (serial[0] ?? 0) & 0x7f || 1
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // v3
    der(0x02, serial),
    ecdsaWithSha256,
    distinguishedName(parts.issuer),
    sequence(time(parts.notBefore), time(parts.notAfter)),
    distinguishedName(parts.subject),
    parts.publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, sequence(...parts.extensions)),
  )
  const signature = createSign('sha256').update(body).sign(parts.signer)
  return pem('CERTIFICATE', sequence(body, ecdsaWithSha256, der(0x03, Buffer.concat([Buffer.from([0]), signature]))))
}

function distinguishedName({ commonName, organizations = [] }: Subject): Buffer {
  const attribute = (type: string, value: string) => der(0x31, sequence(oid(type), der(0x0c, Buffer.from(value))))
  return sequence(...organizations.map((name) => attribute('55040a', name)), attribute('550403', commonName))
}

function extension(type: string, value: Buffer, critical = false): Buffer {
  const flag = critical ? [der(0x01, Buffer.from([0xff]))] : []
  return sequence(oid(type), ...flag, der(0x04, value))
}

function time(epochMs: number): Buffer {
  // UTCTime: YYMMDDHHMMSSZ
  const digits = new Date(epochMs).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)
  return der(0x17, Buffer.from(`${digits}Z`))
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts))
}

/** One DER element: tag, length, content. */
function der(tag: number, content: Buffer): Buffer {
  const size = content.length
  if (size < 0x80) return Buffer.concat([Buffer.from([tag, size]), content])
  const bytes = size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...bytes]), content])
}

function privatePem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString()
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
