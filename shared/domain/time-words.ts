// Spans of time in words, for sentences: in the unit that a person would take, singular where it is one.

/** "30 seconds", "1 minute", "2.5 hours". */
export function timeInWords(seconds: number): string {
  const [value, unit] =
    seconds < 120 && seconds !== 60
      ? [seconds, 'second']
      : seconds < 7200 && seconds !== 3600
        ? [seconds / 60, 'minute']
        : [seconds / 3600, 'hour']
  const rounded = Math.round(value * 10) / 10
  return `${rounded} ${unit}${rounded === 1 ? '' : 's'}`
}
