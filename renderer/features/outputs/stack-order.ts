/** Order in the stack: lists show it from the top down, the contract counts it from the bottom up. Pure. */

/** The contract's index of what a list of `count` shows at `row`. */
export function indexOfRow(row: number, count: number): number {
  return count - 1 - row
}

/**
 * The row at which a dragged one comes to lie when it is let go at `y`. `middles`: of all rows as they lie, the dragged
 * one's included, in the same px.
 */
export function rowAt(y: number, middles: readonly number[], from: number): number {
  return middles.filter((middle, row) => row !== from && middle < y).length
}
