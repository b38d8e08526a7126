// The icon that a template names. A bounded set, so that the bundle holds no more; an unknown name shows the plain monitor.
import {
  BookOpen,
  Box,
  Brain,
  Briefcase,
  ChartLine,
  Code,
  Cpu,
  Database,
  Film,
  FlaskConical,
  Gamepad2,
  Globe,
  GraduationCap,
  Image,
  ImageOff,
  LayoutGrid,
  Monitor,
  Music,
  Palette,
  Ruler,
  Shapes,
  SquareTerminal,
  Terminal,
  TriangleAlert,
  Wrench,
  type LucideIcon,
} from 'lucide-react'
import type { ReactNode } from 'react'

const ICONS: ReadonlyMap<string, LucideIcon> = new Map<string, LucideIcon>([
  ['book-open', BookOpen],
  ['box', Box],
  ['brain', Brain],
  ['briefcase', Briefcase],
  ['chart-line', ChartLine],
  ['chart', ChartLine],
  ['code', Code],
  ['cpu', Cpu],
  ['database', Database],
  ['film', Film],
  ['flask-conical', FlaskConical],
  ['gamepad-2', Gamepad2],
  ['globe', Globe],
  ['graduation-cap', GraduationCap],
  ['image', Image],
  ['image-off', ImageOff],
  ['layout-grid', LayoutGrid],
  ['monitor', Monitor],
  ['music', Music],
  ['palette', Palette],
  ['ruler', Ruler],
  ['shapes', Shapes],
  ['square-terminal', SquareTerminal],
  ['terminal', Terminal],
  ['triangle-alert', TriangleAlert],
  ['wrench', Wrench],
])

export function TemplateIcon({ name, size = 20 }: { readonly name: string; readonly size?: number }): ReactNode {
  const Icon = ICONS.get(name) ?? Monitor
  return <Icon size={size} aria-hidden="true" />
}
