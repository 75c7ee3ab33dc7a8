/** OBS's studio on one page: preview and program, what lies between them, the scenes, and the items of one of them. */
import { ScenePanel } from '../scenes/scene-panel.tsx'
import { SceneItems } from './scene-items.tsx'
import { PreviewScreen, ProgramScreen } from './screens.tsx'
import { TransitionPanel } from './transition-panel.tsx'
import './studio.css'

export function Studio() {
  return (
    <div class="studio">
      <PreviewScreen />
      <TransitionPanel />
      <ProgramScreen />
      <ScenePanel />
      <SceneItems />
    </div>
  )
}
