/**
 * How the app is packed: an installer for Windows, a folder for Linux. Code is in one archive, whose integrity the binary
 * checks; only native modules lie beside it, for a library can't be loaded from an archive.
 */
import type { Configuration } from 'electron-builder'

const SQLITE = 'node_modules/better-sqlite3'

export default {
  appId: 'app.landale.desktop',
  directories: { output: 'dist', buildResources: 'build' },
  files: [
    'out/**',
    'package.json',
    '!out/**/*.map',
    '!**/*.{ts,mts,cts,map}',
    // The Node that runs our tests; the app has Electron's.
    '!node_modules/node-*/**',
    // SQLite's sources, and its binaries for other machines than the one packed for.
    `!${SQLITE}/{deps,src}/**`,
    `!${SQLITE}/prebuilds/!(\${platform}-\${arch}).node`,
  ],
  asar: true,
  // The picture's: encoders of stills, and of LZ4.
  asarUnpack: [`${SQLITE}/prebuilds/**`, 'node_modules/@img/**', 'node_modules/@antoniomuso/**'],
  // The binaries come ready-made inside the package and fit every Node and Electron: nothing is compiled.
  npmRebuild: false,
  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    enableCookieEncryption: true,
    grantFileProtocolExtraPrivileges: false,
    loadBrowserProcessSpecificV8Snapshot: false,
  },
  win: { target: [{ target: 'nsis', arch: ['x64'] }] },
  nsis: {
    oneClick: false,
    perMachine: false,
    allowToChangeInstallationDirectory: true,
    deleteAppDataOnUninstall: false,
  },
  linux: { target: [{ target: 'dir', arch: ['x64'] }], category: 'AudioVideo' },
  publish: null,
} satisfies Configuration
