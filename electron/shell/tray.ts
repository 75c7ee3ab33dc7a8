/** The tray icon: the way back to a hidden dashboard, and the way out. */
import type { Menu, MenuItemConstructorOptions, NativeImage, Tray } from 'electron'
import { type Disposable, toDisposable } from '../../base/lifecycle.ts'
import { TRAY_ICON } from './tray-icon.ts'

type TrayPart = Pick<Tray, 'setToolTip' | 'setContextMenu' | 'on' | 'destroy'>

export interface TrayOptions {
  createTray: (image: NativeImage) => TrayPart
  buildMenu: (template: MenuItemConstructorOptions[]) => Menu
  imageFromDataUrl: (dataUrl: string) => NativeImage
  onShow: () => void
  onQuit: () => void
}

export function showTray({ createTray, buildMenu, imageFromDataUrl, onShow, onQuit }: TrayOptions): Disposable {
  const tray = createTray(imageFromDataUrl(TRAY_ICON))
  tray.setToolTip('Landale')
  tray.setContextMenu(
    buildMenu([
      { id: 'show', label: 'Show dashboard', click: onShow },
      { type: 'separator' },
      { id: 'quit', label: 'Quit', click: onQuit },
    ]),
  )
  // Linux desktops without click support only ever show the menu.
  tray.on('click', onShow)
  return toDisposable(() => tray.destroy())
}
