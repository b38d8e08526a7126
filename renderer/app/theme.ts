// The theme and the wish for little motion, as attributes of <html>: the tokens do the rest. The language is kept for the viewers.
import { useEffect } from 'react'
import { useSettings } from '../stores/hooks.ts'
import { rememberLanguage } from '../ui/languages.ts'

export function useTheme(): void {
  const settings = useSettings()
  const theme = settings?.theme ?? 'system'
  const reduced = settings?.reducedMotion ?? false
  useEffect(() => {
    const { dataset } = document.documentElement
    if (theme === 'system') delete dataset['theme']
    else dataset['theme'] = theme
    if (reduced) dataset['motion'] = 'reduced'
    else delete dataset['motion']
  }, [theme, reduced])
  const language = settings?.language
  useEffect(() => {
    if (language !== undefined) rememberLanguage(language)
  }, [language])
}
