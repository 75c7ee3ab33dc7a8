/** Examines one thing after the other and prints what was found. Owns the order; each examination is in a file of its own. */
import { parseArgs } from 'node:util'
import { errorMessage } from '../../base/result.ts'
import { defaultDataDir, loadHubConfig } from '../../electron/hub-config.ts'
import { numberOrText } from '../../electron/kernel/config.ts'
import { examineChromium } from './chromium.ts'
import { bad, type ExitCode, exitCodeOf, type Finding, good, jsonOf, wordsOf } from './finding.ts'
import { examineData, examineElectron, examineImages, examineKeyStore, examineNode, examineStore } from './machine.ts'
import { examineObs, examinePorts } from './network.ts'

export async function runDoctor(args: readonly string[], env: NodeJS.ProcessEnv): Promise<ExitCode> {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false }, data: { type: 'string' }, port: { type: 'string' } },
  })
  const findings = await examine({ ...values, env })
  process.stdout.write(values.json ? jsonOf(findings) : wordsOf(findings))
  return exitCodeOf(findings)
}

interface Machine {
  /** Where the data lives; without it where the headless hub would keep it. */
  data?: string | undefined
  port?: string | undefined
  env: NodeJS.ProcessEnv
}

async function examine({ data, port, env }: Machine): Promise<Finding[]> {
  const dataDir = data ?? defaultDataDir(env, process.platform)
  const findings = [
    examineNode(process.versions.node),
    examineStore(),
    await examineImages(),
    examineData(dataDir),
    examineKeyStore(dataDir, process.platform),
    examineElectron(env, process.platform),
    ...(await examineChromium()),
  ]
  try {
    const wanted = port === undefined ? undefined : numberOrText(port)
    const config = await loadHubConfig(dataDir, env, { port: wanted })
    findings.push(good('settings', 'The settings can be read.'))
    findings.push(...(await examinePorts(config)), await examineObs(config.obs))
  } catch (error) {
    findings.push(
      bad('settings', `The settings can not be read: ${errorMessage(error)}`, 'Correct the field it names.'),
    )
  }
  return findings
}
