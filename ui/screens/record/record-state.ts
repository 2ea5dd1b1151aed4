/** What the Record screen remembers. */
import { atFirst, type ListCursor } from '../../state/list-cursor.ts';

export interface RecordState {
  readonly cursor: ListCursor;
  /** The recording that the cursor is bound to. */
  readonly path: string;
}

export const initialRecordState: RecordState = { cursor: atFirst, path: '' };
