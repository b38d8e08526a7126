// Every name of the product in one place: rebranding is this file.

/** What people read. */
export const PRODUCT_NAME = 'Kasm Operator'
/** Machine name: packages, folders, chart. */
export const PRODUCT_ID = 'kasm-operator'
/** Application id for installers and operating systems. */
export const APP_ID = 'io.kasm-operator.desktop'
/** Scheme of deep links (`kasm-operator://...`). */
export const URL_SCHEME = 'kasm-operator'
/** Scheme and origin that serve the UI inside Electron. */
export const UI_SCHEME = 'app'
export const UI_ORIGIN = 'app://bundle'

/** API group of the CRDs, and prefix of every label and annotation. */
export const API_GROUP = 'vdi.kasm-operator.io'
/** Field manager of the app (direct mode) and of the operator in server-side apply. */
export const FIELD_MANAGER_DESKTOP = 'kasm-operator-desktop'
export const FIELD_MANAGER_OPERATOR = 'kasm-operator'
export const PLATFORM_NAMESPACE = 'kasm-operator-system'
/** Version of the CRDs. */
export const API_VERSION = 'v1alpha1'
/** Namespace of a user: this and the hash of the user's name (`userNamespace`). */
export const USER_NAMESPACE_PREFIX = 'vdi-u-'
/** Keeps a VDISession until the operator has taken back what garbage collection cannot (a home that goes with it). */
export const FINALIZER = `${API_GROUP}/cleanup`
/** Who reports the operator's Events. */
export const EVENT_REPORTER = `${API_GROUP}/operator`
/** ClusterRoles of the chart: what a user may do in their own namespace, and with templates. */
export const USER_ROLE = 'kasm-operator-user'
export const ADMIN_ROLE = 'kasm-operator-admin'
/** ClusterRole to see templates, and the one ClusterRoleBinding (of the chart) whose subjects the operator keeps: its users. */
export const USER_TEMPLATES_ROLE = 'kasm-operator-user-templates'
/** Who desktops of the warm pool belong to while nobody has claimed them. No API server authenticates anybody by this name. */
export const WARM_POOL_USER = 'kasm-operator:warm-pool'
/** ClusterRole that the operator holds in the pool's namespace alone: what it hands on to who claims a desktop there is in it. */
export const WARM_POOL_ROLE = 'kasm-operator-warm-pool'

/** Account, ClusterRole and DaemonSet of the program that keeps homes on each node; also the StorageClass that it serves. */
export const HOMES_ACCOUNT = 'kasm-operator-homes'

/** Labels on every object that belongs to a session; operator mode keeps them. */
export const LABEL = {
  session: `${API_GROUP}/session`,
  ownerHash: `${API_GROUP}/owner-hash`,
  template: `${API_GROUP}/template`,
  managed: `${API_GROUP}/managed`,
  /** On a user's namespace and what stands in it: name of the VDIUser. */
  user: `${API_GROUP}/user`,
  /** On a registry's login (a Secret of the platform's namespace) that may be copied to people, and on each copy. */
  registryLogin: `${API_GROUP}/registry-login`,
  /** On a VDISession that the operator made for the warm pool. */
  warmPool: `${API_GROUP}/warm-pool`,
} as const

/** Annotations on a session's objects. Times are RFC 3339. */
export const ANNOTATION = {
  owner: `${API_GROUP}/owner`,
  displayName: `${API_GROUP}/display-name`,
  templateHash: `${API_GROUP}/template-hash`,
  template: `${API_GROUP}/template-spec`,
  created: `${API_GROUP}/created`,
  lastStarted: `${API_GROUP}/last-started`,
  lastStopped: `${API_GROUP}/last-stopped`,
  home: `${API_GROUP}/home`,
  /** The app's sign of life on a VDISession, RFC 3339: "keep running" postpones an idle stop. */
  heartbeat: `${API_GROUP}/heartbeat`,
  /** On a VDISession of the warm pool: `<namespace>/<name>/<uid>` of the VDISession that has it now, whose that is, and since when. */
  claimedBy: `${API_GROUP}/claimed-by`,
  claimedFor: `${API_GROUP}/claimed-for`,
  claimedAt: `${API_GROUP}/claimed-at`,
} as const

/** Our own desktop's image, where no other is named. */
export const DEFAULT_DESKTOP_IMAGE = 'localhost/kasm-operator/desktop:0.1.0'
/** Our packing of Debian's coturn, the relay of `manifests/phase-1`. */
export const DEFAULT_RELAY_IMAGE = 'localhost/kasm-operator/coturn:0.1.0'
/** The operator's image, with the small programs of the chart in it. */
export const DEFAULT_OPERATOR_IMAGE = 'localhost/kasm-operator/operator:0.1.0'
/** Port of Selkies' WebRTC media, UDP and TCP, the same in every image (8081-8083 are taken inside others). */
export const MEDIA_PORT = 28081
/** Port of Selkies' HTTP listener in our image. */
export const HTTP_PORT = 8080
/** HTTP Basic user of every desktop; the password is random per session, in `<session>-access`. */
export const DESKTOP_USER = 'desktop'
/** Secret that an admin who runs coturn without the operator may write (`urls`, `username`, `credential`, `expires`). */
export const RELAY_SECRET = 'kasm-operator-relay'
/** Key of a template in a ConfigMap labelled `<API_GROUP>/template=true`. */
export const TEMPLATE_KEY = 'template.yaml'
