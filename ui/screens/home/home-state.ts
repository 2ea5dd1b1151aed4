/** What the Home screen remembers. */
export interface HomeState {
  /** The row under the cursor. */
  readonly at: number;
}

export const initialHomeState: HomeState = { at: 0 };
