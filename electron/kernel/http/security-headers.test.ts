import { describe, expect, it } from 'vitest'
import { pagePolicy } from './security-headers.ts'

const directive = (policy: string, name: string) =>
  policy
    .split('; ')
    .find((part) => part.startsWith(`${name} `))
    ?.slice(name.length + 1)

describe('the policy of pages', () => {
  it('lets a page load nothing but our own', () => {
    const policy = pagePolicy('127.0.0.1:7175')
    expect(directive(policy, 'default-src')).toBe("'none'")
    expect(directive(policy, 'connect-src')).toBe("'self' ws://127.0.0.1:7175 wss://127.0.0.1:7175")
    expect(directive(policy, 'frame-src')).toBe("'self'")
    expect(policy).not.toMatch(/unsafe|\*/)
  })

  it('lets a page that needs more load just that, by the name it was asked for by', () => {
    const policy = pagePolicy('streaming-pc.tail1234.ts.net:7175', {
      frames: ['https:'],
      images: ['http://HOSTNAME:*'],
      connections: ['ws://HOSTNAME:*'],
    })
    expect(directive(policy, 'frame-src')).toBe("'self' https:")
    expect(directive(policy, 'img-src')).toMatch(/ http:\/\/streaming-pc\.tail1234\.ts\.net:\*$/)
    expect(directive(policy, 'connect-src')).toMatch(/ ws:\/\/streaming-pc\.tail1234\.ts\.net:\*$/)
    expect(directive(policy, 'script-src')).toBe("'self'")
    expect(directive(pagePolicy('[::1]:7175', { images: ['http://HOSTNAME:*'] }), 'img-src')).toMatch(
      /http:\/\/\[::1\]:\*$/,
    )
  })
})
