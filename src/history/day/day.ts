export { addReport } from "./add-report.ts";
export { dayFaults } from "./day-faults.ts";
export {
  bytesOfChange,
  dayFilePath,
  filePathsOf,
  formatDay,
  isDomainFolder,
  isStorable,
  parseDayFile,
  recordsFilesIn,
} from "./day-file.ts";
export {
  type Day,
  dayOf,
  messagesOf,
  reporterOf,
  reportKey,
  type StoredReport,
  storedReport,
} from "./stored-report.ts";
export { withFewRecords } from "./uncounted-records.ts";
