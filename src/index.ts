/** The engine's public door: what ui/ and other programs import. */

export { type CallGroup, callersNotSeen, isSplitBy, type SplitBy } from './analysis/call-groups.ts';
export { CallPaths } from './analysis/call-paths.ts';
export type { CallRow, GapRow, KeptRow } from './analysis/call-row.ts';
export { EventLog, type LogIndex, type LogItem } from './analysis/event-log.ts';
export { type EventRateRow, EventRates } from './analysis/event-rates.ts';
export { type FunctionSum, sumFunctions } from './analysis/function-sums.ts';
export type { FunctionTable } from './analysis/function-table.ts';
export { GraphModel } from './analysis/graph-model.ts';
export { type IcicleCell, layoutIcicle } from './analysis/icicle.ts';
export type { KeptCalls } from './analysis/kept-calls.ts';
export { compileNameQuery, type NameMatches, NameSearch } from './analysis/name-search.ts';
export { findPath, joinPathKey, pathKey } from './analysis/path-keys.ts';
export {
  childrenOf,
  funcOf,
  groupOf,
  isInterrupt,
  kindOf,
  metricOf,
  type PathKind,
  type PathMetric,
  type PathStats,
  type PathSums,
  pathOf,
  percentileOfNode,
  ratesOf,
  readPathStats,
  readPathSums,
} from './analysis/path-stats.ts';
export { computeSandwich, type MergedCall } from './analysis/sandwich.ts';
export type { TimelineCell } from './analysis/timeline-lane.ts';
export { parseCpuList } from './base/cpu-list.ts';
export { errorName } from './base/errno.ts';
export { FtuiError, UsageError } from './base/errors.ts';
export { parseEventTime } from './base/event-time.ts';
export { jsonLine } from './base/json-text.ts';
export { parsePids } from './base/pid-list.ts';
export { parseDuration, parseSizeKb } from './base/quantities.ts';
export { visibleText } from './base/text.ts';
export type { CallNode, CallTree } from './call-graph/call-tree.ts';
export { CallTreeBuilder } from './call-graph/call-tree-builder.ts';
export { formatReturnValue } from './call-graph/return-value.ts';
export { durationMark, formatCallTree } from './call-graph/tree-text.ts';
export type { ProbeEvent } from './control/probe-event.ts';
export type { SourcePlaceFound, SourceSubject } from './control/source-places.ts';
export type { CommandInTerminal, CommandTerminal, TerminalRequest, TerminalSize } from './control/terminal-command.ts';
export type { CommandEnd } from './control/traced-command.ts';
export type { ChipClock, ChipSubject } from './format/filter/chip-tests.ts';
export { type FilterChip, formatChips, parseChips } from './format/filter/filter-chips.ts';
export type { SourceItem } from './recording/event-source.ts';
export { GraphItemFeed } from './recording/graph-items.ts';
export { GraphRecordFeed } from './recording/graph-records.ts';
export { fullName, subjectOfEvent } from './recording/item-filter.ts';
export { readCallTree } from './recording/read-call-tree.ts';
export {
  Catalogue,
  type EventDescription,
  type EventRow,
  type FunctionRow,
  NameList,
  type ProbeRow,
  readProgramSymbols,
  type SymbolRow,
} from './session/catalogue.ts';
export { type Diagnosis, diagnoseKernel } from './session/diagnosis.ts';
export type { EventStream, StreamListener, TimeRange } from './session/event-stream.ts';
export { type InteractiveOptions, InteractiveSession } from './session/interactive-session.ts';
export type { RecordingProgress } from './session/page-recording.ts';
export { type RecentRecording, RecentRecordings, recentRecordingsFile } from './session/recent-recordings.ts';
export type { RecordedLog } from './session/recorded-log.ts';
export { RecordingIndex } from './session/recording-index.ts';
export { RecordingSession, type StepResult } from './session/recording-session.ts';
export type { SessionState, SessionStatus } from './session/session-status.ts';
export {
  explainError,
  explainState,
  type StateText,
  smallestScreen,
  type TracingState,
} from './session/state-texts.ts';
export { noTraces, type WantedEvent, type WantedTraces } from './session/wanted-traces.ts';
export type { Feature } from './tracefs/features.ts';
