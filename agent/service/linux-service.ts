/** The agent as a systemd user service. Owns its unit, the copy of the executable, and nothing else of the user's. */
import { existsSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { placeFor, putInPlace } from './program.ts'
import { carriedEnvironment, type InstallOptions, type Service, type ServiceContext } from './service.ts'
import { ALLOW_SETUID, systemdUnit, UNIT_NAME } from './systemd-unit.ts'

/** Where the Debian package puts it; then the unit is the package's too. */
export const PACKAGED_PROGRAM = '/usr/bin/landale-agent'
const DESKTOP = 'graphical-session.target'

export function createLinuxService(context: ServiceContext): Service {
  const { environment, userHome, program, agent, tools, print } = context
  const units = join(environment.XDG_CONFIG_HOME || join(userHome, '.config'), 'systemd', 'user')
  const unit = join(units, UNIT_NAME)
  const dropIn = join(`${unit}.d`, 'allow-setuid.conf')
  const place = placeFor(environment, userHome, 'linux')
  const carried = carriedEnvironment(environment)

  const systemctl = (...args: string[]) => tools('systemctl', ['--user', ...args])

  async function demand(...args: string[]): Promise<void> {
    const { code, said } = await systemctl(...args)
    if (code !== 0) throw new Error(`systemctl --user ${args.join(' ')} failed: ${said}`)
  }

  function command(): readonly string[] {
    if (program.kind === 'source' || program.command[0] === PACKAGED_PROGRAM) return program.command
    putInPlace(program.command[0], place)
    print(`the program is ${place}`)
    return [place]
  }

  function writeUnit(): void {
    const words = command()
    if (words[0] === PACKAGED_PROGRAM && Object.keys(carried).length === 0) {
      // One of an earlier installation would hide the package's.
      rmSync(unit, { force: true })
      return
    }
    mkdirSync(units, { recursive: true })
    writeFileSync(unit, systemdUnit(words, carried))
    print(`the service is ${unit}`)
  }

  function writeDropIn(allowSetuid: boolean): void {
    if (allowSetuid) {
      mkdirSync(dirname(dropIn), { recursive: true })
      writeFileSync(dropIn, ALLOW_SETUID)
      print('its processes may gain rights by setuid helpers')
    } else removeDropIn()
  }

  function removeDropIn(): void {
    rmSync(dropIn, { force: true })
    try {
      rmdirSync(dirname(dropIn))
    } catch {
      // There is none, or somebody else's settings are in it.
    }
  }

  async function enable(start: 'boot' | 'session'): Promise<void> {
    await systemctl('disable', UNIT_NAME)
    if (start === 'session') {
      await demand('add-wants', DESKTOP, UNIT_NAME)
      print('it starts with the desktop')
      return
    }
    await demand('enable', UNIT_NAME)
    const { code, said } = await tools('loginctl', ['enable-linger'])
    print(
      code === 0
        ? 'it starts with the machine'
        : `it starts at log-in only: lingering was refused (${said}); as an administrator run: loginctl enable-linger ${environment.USER ?? '<user>'}`,
    )
  }

  return {
    async install({ start, allowSetuid, asRoot }: InstallOptions) {
      if (context.userId === 0 && !asRoot) {
        throw new Error(
          'as root all its processes would be root’s; run this as the user whose processes they are, or add --as-root',
        )
      }
      const { code, said } = await systemctl('show-environment')
      if (code !== 0) {
        throw new Error(
          `systemd runs no services for this user here (${said}). Log in directly instead of by su or sudo, or have your own ` +
            'session start "landale-agent"',
        )
      }
      const before = await agent.end('leave')
      writeUnit()
      writeDropIn(allowSetuid)
      await demand('daemon-reload')
      await enable(start ?? (environment.DISPLAY || environment.WAYLAND_DISPLAY ? 'session' : 'boot'))
      await demand('restart', UNIT_NAME)
      if (!(await agent.comes())) {
        throw new Error(`it was started, but does not answer; why: journalctl --user --unit ${UNIT_NAME}`)
      }
      print(before ? 'it runs, and has taken over what ran' : 'it runs')
    },

    async uninstall() {
      // It ends its processes first, whoever started it; systemd then finds nothing left to stop.
      await agent.end('stop')
      const { code } = await systemctl('disable', '--now', UNIT_NAME)
      rmSync(unit, { force: true })
      removeDropIn()
      if (code !== 'absent') await systemctl('daemon-reload')
      if (program.command[0] !== PACKAGED_PROGRAM) rmSync(place, { force: true })
      else print('the program itself is removed by: apt remove landale-agent')
    },

    async state() {
      const { code, said } = await systemctl('is-active', UNIT_NAME)
      if (code === 0) return { state: 'installed', says: `the service ${UNIT_NAME} runs` }
      const there = existsSync(unit) || (await systemctl('is-enabled', UNIT_NAME)).code === 0
      return there
        ? {
            state: 'broken',
            says: `the service ${UNIT_NAME} does not run (${said}); why: journalctl --user --unit ${UNIT_NAME}`,
          }
        : { state: 'absent', says: 'it is no service here, and does not start by itself; run: landale-agent install' }
    },
  }
}
