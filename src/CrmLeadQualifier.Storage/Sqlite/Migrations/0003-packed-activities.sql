-- On PostgreSQL this step packs what scoring reads of an activity into one value. Here a lead's activities are read where they lie, and nothing is to be done.
SELECT 1;
