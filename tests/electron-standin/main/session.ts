/**
 * `session`: permission handlers that Chromium obeys, and nothing else. All partitions share one Chromium profile: their
 * handlers differ, their cookies do not.
 */
import { EventEmitter } from 'node:events'
import type { Session, WebContents } from 'electron'
import { app } from './app.ts'

type SessionSurface = Pick<
  Session,
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
  | 'clearCache'
  | 'clearStorageData'
>
type RequestHandler = Parameters<Session['setPermissionRequestHandler']>[0]
type CheckHandler = Parameters<Session['setPermissionCheckHandler']>[0]
type Permission = Parameters<NonNullable<RequestHandler>>[1]

export class StandInSession extends EventEmitter implements SessionSurface {
  requestHandler: RequestHandler = null
  checkHandler: CheckHandler = null

  /** For places typed by Electron's own class, of which this is a part. */
  get asSession(): Session {
    return this as unknown as Session
  }

  setPermissionRequestHandler(handler: RequestHandler): void {
    this.requestHandler = handler
  }

  setPermissionCheckHandler(handler: CheckHandler): void {
    this.checkHandler = handler
  }

  setDevicePermissionHandler(): void {}

  setDisplayMediaRequestHandler(): void {}

  async clearCache(): Promise<void> {}

  async clearStorageData(): Promise<void> {}
}

/** Electron's name of a permission and Chromium's. */
const PERMISSIONS: [Permission, string][] = [
  ['geolocation', 'geolocation'],
  ['notifications', 'notifications'],
  ['media', 'camera'],
  ['media', 'microphone'],
  ['midi', 'midi'],
  ['clipboard-read', 'clipboard-read'],
]

export interface Verdict {
  name: string
  setting: 'granted' | 'denied'
}

/** Asks the session's handlers about each permission for `origin`. Without handlers Electron grants all. */
export function permissionVerdicts(session: StandInSession, contents: WebContents, origin: string): Promise<Verdict[]> {
  return Promise.all(
    PERMISSIONS.map(async ([permission, name]) => {
      const granted = await isGranted(session, contents, permission, origin)
      return { name, setting: granted ? 'granted' : 'denied' }
    }),
  )
}

async function isGranted(
  { checkHandler, requestHandler }: StandInSession,
  contents: WebContents,
  permission: Permission,
  origin: string,
): Promise<boolean> {
  const details = { requestingUrl: origin, isMainFrame: true }
  if (checkHandler && !checkHandler(contents, permission as never, origin, details)) return false
  if (!requestHandler) return true
  return new Promise((resolve) => requestHandler(contents, permission, resolve, details as never))
}

const partitions = new Map<string, StandInSession>()

/** The session of a partition, made (and announced by the app) at its first use. */
export function sessionOf(partition: string): StandInSession {
  const known = partitions.get(partition)
  if (known) return known
  const created = new StandInSession()
  partitions.set(partition, created)
  app.emit('session-created', created)
  return created
}

/** The `session` module. */
export const session = {
  get defaultSession() {
    return sessionOf('')
  },
  fromPartition: (partition: string) => sessionOf(partition),
}
