import { expect, it } from 'vitest'
import { pageOrigins } from './page-origins.ts'

const LOOPBACK = ['http://127.0.0.1:7175', 'http://localhost:7175', 'http://[::1]:7175']

it('is the loopback names on the port of the pages', () => {
  expect(pageOrigins('http://127.0.0.1:7175', [])).toEqual(LOOPBACK)
})

it('takes further names with the same port, and whole origins as they are', () => {
  const origins = pageOrigins('http://100.64.0.7:7175', ['Demi', 'https://landale.example:8443/'])
  expect(origins).toEqual([...LOOPBACK, 'http://100.64.0.7:7175', 'http://demi:7175', 'https://landale.example:8443'])
})

it('takes every address of the machine when the hub answers under all of them', () => {
  expect(pageOrigins('http://0.0.0.0:7175', [], () => ['192.168.1.5', '[fe80::1]'])).toEqual([
    ...LOOPBACK,
    'http://192.168.1.5:7175',
    'http://[fe80::1]:7175',
  ])
})
