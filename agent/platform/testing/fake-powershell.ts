/**
 * Stands in for PowerShell: reads commands from its input, a line each, as `powershell -Command -` does, answers the
 * questions of `powershell-script.ts`, and ends when its input ends. `argv`: how it behaves, then a file that may change
 * what it knows (`{"all": [...], "look": [...], ...}`, read for every question).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const [, , manner = 'well', world = ''] = process.argv
const say = (text: string) => void process.stdout.write(text)
let functions = 0
let questions = 0

for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith('function ')) functions += 1
  const match = /^Answer (\d+) \{ (\w+) ?(.*) \}$/.exec(line)
  if (!match) continue
  const [, number = '', verb = '', rest = ''] = match
  await answer(number, verb, rest)
}

async function answer(number: string, verb: string, rest: string): Promise<void> {
  questions += 1
  const text = () => `<answer ${number}>${JSON.stringify(known(verb, rest))}</answer>\r\n`
  switch (manner) {
    case 'hang':
      return
    case 'hang-later':
      if (questions > 1) return
      break
    case 'die':
      process.exit(3)
      break
    case 'die-once':
      // The file remembers for the next one.
      if (!existsSync(world)) {
        writeFileSync(world, '')
        process.exit(1)
      }
      break
    case 'unreadable':
      say(`<answer ${number}>{"half</answer>\r\n`)
      return
    case 'flood':
      while (questions > 0) {
        const room = process.stdout.write('x'.repeat(65_536))
        if (!room) await new Promise((drained) => process.stdout.once('drain', drained))
      }
      return
    case 'refuse':
      say(
        `<answer ${number}>{"error":"Zugriff verweigert. (Ausnahme von HRESULT: 0x80070005 (E_ACCESSDENIED))"}</answer>\r\n`,
      )
      return
    case 'chatter': {
      // A prompt, a warning in another language, an answer to an older question, and lines broken at the console's width.
      say(`PS C:\\> WARNUNG: Die Spalte "Größe" passt nicht.\r\n<answer 0>"old"</answer>\r\n`)
      const broken = text().trimEnd().replaceAll(/.{40}/g, '$&\r\n')
      // Within a letter of two bytes, too.
      const bytes = Buffer.from(broken)
      for (let at = 0; at < bytes.length; at += 7) {
        process.stdout.write(bytes.subarray(at, at + 7))
        await new Promise((later) => setImmediate(later))
      }
      say('\r\nPS C:\\> ')
      return
    }
  }
  say(text())
}

function known(verb: string, rest: string): unknown {
  if (verb === 'Echo') return rest
  if (verb === 'Functions') return functions
  if (verb === 'Pid') return process.pid
  const told: unknown = JSON.parse(readFileSync(world, 'utf8'))
  const answers = typeof told === 'object' && told !== null ? (told as Record<string, unknown>) : {}
  const answer = answers[verb] ?? { error: `Die Benennung "${verb}" wurde nicht erkannt.` }
  const asked = rest.match(/\d+/g)
  if (!Array.isArray(answer) || !asked) return answer
  return answer.filter((row) => Array.isArray(row) && asked.includes(String(row[0])))
}
