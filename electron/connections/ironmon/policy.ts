/** What a port that can't be opened calls for. Pure. */
import type { Verdict } from '../connection.ts'

export function judgeListenError(code: string | undefined, message: string, host: string, port: number): Verdict {
  switch (code) {
    case 'EADDRINUSE':
      return {
        action: 'retry',
        reason:
          `port ${port} is taken by another program, so no game can connect. Close that program, or set another port ` +
          '(ironmon.port, or LANDALE_IRONMON_PORT) and start the emulator with --socket_port to match',
      }
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return {
        action: 'retry',
        reason: `${host} is no address of this machine now; check ironmon.bind and the network`,
      }
    case 'EACCES':
      return {
        action: 'stop',
        reason: `this user may not open port ${port}; set one above 1023 (ironmon.port, or LANDALE_IRONMON_PORT)`,
      }
    default:
      return { action: 'retry', reason: `port ${port} for the game could not be opened: ${message}` }
  }
}
