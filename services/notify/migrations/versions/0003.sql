-- Mails to a person about their own sign-in: on nobody's behalf, so the person is the tenant.
ALTER TABLE delivery
    DROP CONSTRAINT delivery_organisation_kind_check,
    ADD CONSTRAINT delivery_organisation_kind_check CHECK (organisation_kind IN ('agency', 'company', 'person')),
    ADD CONSTRAINT delivery_to_person CHECK (organisation_kind <> 'person' OR organisation_id = person_id);
COMMENT ON COLUMN delivery.organisation_id IS 'on whose behalf it goes to the person: about their sign-in, their own';

ALTER TABLE person ADD COLUMN pending_email text, ADD COLUMN email_change_id uuid;
COMMENT ON COLUMN person.pending_email IS 'wanted, and not confirmed yet';
COMMENT ON COLUMN person.email_change_id IS 'the change that pending_email belongs to';
