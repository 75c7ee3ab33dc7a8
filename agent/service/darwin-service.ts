/** The agent as a launchd agent of one user. Owns its plist, the copy of the executable, and its own log. Never run on a Mac. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LABEL, launchdPlist } from './launchd-plist.ts'
import { placeFor, putInPlace } from './program.ts'
import { carriedEnvironment, type Service, type ServiceContext } from './service.ts'

export function createDarwinService(context: ServiceContext): Service {
  const { environment, userHome, userId, program, agent, tools, print } = context
  const plist = join(userHome, 'Library', 'LaunchAgents', `${LABEL}.plist`)
  const log = join(userHome, 'Library', 'Logs', 'landale-agent.log')
  const place = placeFor(environment, userHome, 'darwin')
  const domain = `gui/${userId}`

  async function demand(command: string, args: readonly string[]): Promise<void> {
    const { code, said } = await tools(command, args)
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${said}`)
  }

  async function command(): Promise<readonly string[]> {
    if (program.kind === 'source') return program.command
    putInPlace(program.command[0], place)
    // Apple's processors run nothing unsigned; this signature names nobody.
    await demand('codesign', ['--force', '--sign', '-', place])
    print(`the program is ${place}`)
    return [place]
  }

  return {
    async install({ asRoot }) {
      if (userId === 0 && !asRoot) {
        throw new Error(
          'as root it would have no desktop; run this as the user whose processes these are, without sudo',
        )
      }
      const before = await agent.end('leave')
      await tools('launchctl', ['bootout', `${domain}/${LABEL}`])
      const words = await command()
      mkdirSync(dirname(plist), { recursive: true })
      mkdirSync(dirname(log), { recursive: true })
      writeFileSync(plist, launchdPlist({ command: words, environment: carriedEnvironment(environment), log }))
      print(`the launch agent is ${plist}`)
      await demand('launchctl', ['enable', `${domain}/${LABEL}`])
      await demand('launchctl', ['bootstrap', domain, plist])
      if (!(await agent.comes())) throw new Error(`it was started, but does not answer; what it says: ${log}`)
      print(before ? 'it runs, and has taken over what ran' : 'it runs, and starts at log-in')
    },

    async uninstall() {
      await agent.end('stop')
      await tools('launchctl', ['bootout', `${domain}/${LABEL}`])
      for (const file of [plist, place, log]) rmSync(file, { force: true })
    },

    async state() {
      const { code } = await tools('launchctl', ['print', `${domain}/${LABEL}`])
      if (code === 0) return { state: 'installed', says: `launchd has ${LABEL}` }
      return existsSync(plist)
        ? { state: 'broken', says: `launchd does not have ${plist}; run: landale-agent install` }
        : { state: 'absent', says: 'it does not start by itself; run: landale-agent install' }
    },
  }
}
