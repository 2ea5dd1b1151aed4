/** Entry of a thread that writes spans of a report; dist/report-worker.js in the bundle. */
import { type MessagePort, workerData } from 'node:worker_threads';
import { type ReportWorkerData, runReportWorker } from './report-spans.ts';

const data = workerData as ReportWorkerData & { readonly port: MessagePort };
runReportWorker(data);
