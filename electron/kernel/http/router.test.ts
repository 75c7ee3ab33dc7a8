import { expect, it } from 'vitest'
import { Router } from './router.ts'

const handle = () => undefined
const route = (path: string) => ({ method: 'GET' as const, path, scope: null, summary: path, handle })

function routed(router: Router, path: string) {
  const match = router.match('GET', path.split('/').slice(1))
  return match.kind === 'found' ? [match.route.path, match.params] : match.kind
}

it('takes the most fixed path first: a name, then a part with an ending, then any part', () => {
  const router = new Router()
  for (const path of ['/live/:output', '/live/:output.png', '/live/:output.json', '/live/fixed.png']) {
    router.add(route(path))
  }
  expect(routed(router, '/live/main')).toEqual(['/live/:output', { output: 'main' }])
  expect(routed(router, '/live/main.png')).toEqual(['/live/:output.png', { output: 'main' }])
  expect(routed(router, '/live/main.json')).toEqual(['/live/:output.json', { output: 'main' }])
  expect(routed(router, '/live/fixed.png')).toEqual(['/live/fixed.png', {}])
  expect(routed(router, '/live/main.webp')).toEqual(['/live/:output', { output: 'main.webp' }])
})

it('finds nothing for an empty part, or for an ending alone', () => {
  const router = new Router()
  router.add(route('/live/:output.png'))
  router.add(route('/page/:name'))
  expect([routed(router, '/live/.png'), routed(router, '/page/')]).toEqual(['none', 'none'])
})

it('refuses a second owner of the same shape', () => {
  const router = new Router()
  router.add(route('/live/:output.png'))
  expect(() => router.add(route('/live/:other.png'))).toThrow('already there')
  expect(() => router.add(route('/live/:other.webp'))).not.toThrow()
})
