DROP TABLE "leases_leases";
