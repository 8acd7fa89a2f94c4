/** `42 %`, for progress. */
export function percent(done: number, total: number): string {
  return total === 0 ? '100 %' : `${Math.min(100, Math.floor((done / total) * 100))} %`;
}
