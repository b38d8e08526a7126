// The product's mark: a window cut in slices.
import type { ReactNode } from 'react'

export function BrandMark({ size }: { readonly size: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path d="M9 8.5h2.6v15H9a2 2 0 0 1-2-2v-11a2 2 0 0 1 2-2z" fill="#fff" />
      <path d="M13.6 8.5h4.8v15h-4.8z" fill="#fff" opacity=".72" />
      <path d="M20.4 6.5H23a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-2.6z" fill="#fff" />
    </svg>
  )
}
