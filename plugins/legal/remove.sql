-- Drops everything that the plugin's migrations created. The tasks for deadlines are in a table of core and are kept.
DROP FUNCTION "legal_conflicts"(uuid, uuid, uuid[], uuid[], text[]);
DROP FUNCTION "legal_likeness"(text, text);
DROP FUNCTION "legal_matters_search"(text);
DROP FUNCTION "legal_parties_search"(text);
DROP FUNCTION "legal_names_search"(text);
DROP TABLE "legal_reminders";
DROP TABLE "legal_deadlines";
DROP TABLE "legal_conflict_checks";
DROP TABLE "legal_names";
DROP TABLE "legal_parties";
DROP TABLE "legal_matters";
DROP TYPE "legal_deadline_kind";
DROP TYPE "legal_party_role";
DROP TYPE "legal_matter_status";
