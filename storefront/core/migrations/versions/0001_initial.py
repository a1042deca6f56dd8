"""initial."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('announcement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('text', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('places', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement'))
    )
    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=120), nullable=False),
    sa.Column('act', sa.String(length=80), nullable=False),
    sa.Column('area', sa.String(length=40), nullable=False),
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.String(length=80), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entry_actor_at_id'), ['actor', 'at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_area_at_id'), ['area', 'at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_at_id'), ['at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_subject_id_subject_kind'), ['subject_id', 'subject_kind'], unique=False)

    op.create_table('brand',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_brand')),
    sa.UniqueConstraint('slug', name=op.f('uq_brand_slug'))
    )
    op.create_table('catalog_import',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('file', sa.String(length=80), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('terms', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('dry_run', sa.Boolean(), nullable=False),
    sa.Column('trial_id', sa.String(length=32), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('created', sa.Integer(), nullable=False),
    sa.Column('updated', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('refused', sa.Integer(), nullable=False),
    sa.Column('problem', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('actor', sa.String(length=120), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('waiting','running','done','refused','stopped')", name=op.f('ck_catalog_import_state')),
    sa.ForeignKeyConstraint(['trial_id'], ['catalog_import.id'], name=op.f('fk_catalog_import_trial_id_catalog_import'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalog_import')),
    sa.UniqueConstraint('trial_id', name=op.f('uq_catalog_import_trial_id'))
    )
    with op.batch_alter_table('catalog_import', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_catalog_import_created_at'), ['created_at'], unique=False)

    op.create_table('closed_destination',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('region', sa.String(length=10), nullable=False),
    sa.Column('restriction', sa.String(length=30), nullable=False),
    sa.Column('message', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_closed_destination')),
    sa.UniqueConstraint('country', 'region', 'restriction', name=op.f('uq_closed_destination_country_region_restriction'))
    )
    op.create_table('currency',
    sa.Column('code', sa.String(length=3), nullable=False),
    sa.Column('rate', sa.String(length=24), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_currency'))
    )
    op.create_table('customer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('email_folded', sa.String(length=320), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer')),
    sa.UniqueConstraint('email_folded', name=op.f('uq_customer_email_folded'))
    )
    op.create_table('inbox',
    sa.Column('job_id', sa.String(length=32), nullable=False),
    sa.Column('handler', sa.String(length=120), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('job_id', 'handler', name=op.f('pk_inbox'))
    )
    op.create_table('mail_opt_out',
    sa.Column('address_folded', sa.String(length=320), nullable=False),
    sa.Column('topic', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('address_folded', 'topic', name=op.f('pk_mail_opt_out'))
    )
    op.create_table('mail_record',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('address', sa.String(length=320), nullable=False),
    sa.Column('address_folded', sa.String(length=320), nullable=False),
    sa.Column('outcome', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_record'))
    )
    with op.batch_alter_table('mail_record', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mail_record_address_folded_id'), ['address_folded', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mail_record_kind_id'), ['kind', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mail_record_outcome_id'), ['outcome', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mail_record_subject_id'), ['subject', 'id'], unique=False)

    op.create_table('missing_text',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('fields', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_missing_text')),
    sa.UniqueConstraint('kind', 'locale', 'subject_id', name=op.f('uq_missing_text_kind_locale_subject_id'))
    )
    with op.batch_alter_table('missing_text', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_missing_text_locale_id'), ['locale', 'id'], unique=False)

    op.create_table('number_series',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_number_series'))
    )
    op.create_table('outbox',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('args', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('queue', sa.String(length=20), nullable=False),
    sa.Column('dedupe_key', sa.String(length=160), nullable=True),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('available_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('dedupe_key', name=op.f('uq_outbox_dedupe_key'))
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_dead', ['id'], unique=False, sqlite_where=sa.text("state = 'dead'"), postgresql_where=sa.text("state = 'dead'"))
        batch_op.create_index('ix_outbox_dead_name', ['name', 'id'], unique=False, sqlite_where=sa.text("state = 'dead'"), postgresql_where=sa.text("state = 'dead'"))
        batch_op.create_index(batch_op.f('ix_outbox_state_available_at_queue'), ['state', 'available_at', 'queue'], unique=False)
        batch_op.create_index(batch_op.f('ix_outbox_subject'), ['subject'], unique=False)

    op.create_table('page',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=120), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('menu', sa.String(length=20), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_page')),
    sa.UniqueConstraint('slug', name=op.f('uq_page_slug'))
    )
    op.create_table('picture',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('suffix', sa.String(length=5), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('file', sa.String(length=200), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('tint', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('waiting','ready','refused')", name=op.f('ck_picture_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_picture')),
    sa.UniqueConstraint('digest', name=op.f('uq_picture_digest'))
    )
    with op.batch_alter_table('picture', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_picture_file'), ['file'], unique=False)
        batch_op.create_index(batch_op.f('ix_picture_state_id'), ['state', 'id'], unique=False)

    op.create_table('plugin_fault',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plugin', sa.String(length=60), nullable=False),
    sa.Column('act', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('error', sa.String(length=500), nullable=False),
    sa.Column('traceback', sa.Text(), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plugin_fault'))
    )
    with op.batch_alter_table('plugin_fault', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plugin_fault_plugin_at'), ['plugin', 'at'], unique=False)

    op.create_table('plugin_state',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('settings', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by', sa.String(length=120), nullable=False),
    sa.Column('held', sa.String(length=20), nullable=False),
    sa.Column('held_reason', sa.Text(), nullable=False),
    sa.Column('held_trace', sa.Text(), nullable=False),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('retries', sa.Integer(), nullable=False),
    sa.Column('purged_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_plugin_state'))
    )
    op.create_table('policy',
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('value', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_policy'))
    )
    op.create_table('schedule',
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('last_slot', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_schedule'))
    )
    op.create_table('search_question',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('lang', sa.String(length=10), nullable=False),
    sa.Column('question', sa.String(length=100), nullable=False),
    sa.Column('asked', sa.Integer(), nullable=False),
    sa.Column('hits', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'lang', 'question', name=op.f('pk_search_question'))
    )
    op.create_table('search_word',
    sa.Column('word', sa.String(length=40), nullable=False),
    sa.Column('initial', sa.String(length=1), nullable=False),
    sa.Column('length', sa.SmallInteger(), nullable=False),
    sa.Column('uses', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('word', name=op.f('pk_search_word'))
    )
    with op.batch_alter_table('search_word', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_search_word_initial_length'), ['initial', 'length'], unique=False)

    op.create_table('shipping_box',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('inner_length', sa.Integer(), nullable=False),
    sa.Column('inner_width', sa.Integer(), nullable=False),
    sa.Column('inner_height', sa.Integer(), nullable=False),
    sa.Column('outer_length', sa.Integer(), nullable=False),
    sa.Column('outer_width', sa.Integer(), nullable=False),
    sa.Column('outer_height', sa.Integer(), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.Column('most', sa.Integer(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.CheckConstraint('inner_length > 0 AND inner_width > 0 AND inner_height > 0', name=op.f('ck_shipping_box_inner')),
    sa.CheckConstraint('outer_length >= inner_length AND outer_width >= inner_width AND outer_height >= inner_height', name=op.f('ck_shipping_box_outer')),
    sa.CheckConstraint('weight >= 0 AND (most IS NULL OR most > 0)', name=op.f('ck_shipping_box_weight')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shipping_box')),
    sa.UniqueConstraint('name', name=op.f('uq_shipping_box_name'))
    )
    op.create_table('shop_version',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('profile', sa.String(length=40), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_shop_version_single')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_version'))
    )
    op.create_table('staff',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('email_folded', sa.String(length=320), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('totp_secret', sa.String(length=300), nullable=False),
    sa.Column('totp_step', sa.Integer(), nullable=False),
    sa.Column('invite_hash', sa.String(length=64), nullable=False),
    sa.Column('invite_sealed', sa.String(length=300), nullable=False),
    sa.Column('invite_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("role IN ('owner','manager','packer','support','translator','read_only')", name=op.f('ck_staff_role')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('email_folded', name=op.f('uq_staff_email_folded'))
    )
    with op.batch_alter_table('staff', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_invite_hash'), ['invite_hash'], unique=False)

    op.create_table('task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('params', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('cursor', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('failed', sa.Integer(), nullable=False),
    sa.Column('problems', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('file', sa.String(length=200), nullable=False),
    sa.Column('file_deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('actor', sa.String(length=120), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('waiting','running','done','stopped','failed')", name=op.f('ck_task_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task'))
    )
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_task_actor'), ['actor'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_state_id'), ['state', 'id'], unique=False)

    op.create_table('theme_fault',
    sa.Column('theme', sa.String(length=60), nullable=False),
    sa.Column('template', sa.String(length=200), nullable=False),
    sa.Column('stamp', sa.String(length=20), nullable=False),
    sa.Column('error', sa.String(length=500), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('theme', 'template', name=op.f('pk_theme_fault'))
    )
    op.create_table('throttle',
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_throttle'))
    )
    with op.batch_alter_table('throttle', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_throttle_ends_at'), ['ends_at'], unique=False)

    op.create_table('webhook_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('event_id', sa.String(length=160), nullable=False),
    sa.Column('reference', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('headers', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_event')),
    sa.UniqueConstraint('source', 'event_id', name=op.f('uq_webhook_event_source_event_id'))
    )
    with op.batch_alter_table('webhook_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_webhook_event_reference'), ['reference'], unique=False)

    op.create_table('brand_text',
    sa.Column('brand_id', sa.Integer(), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['brand_id'], ['brand.id'], name=op.f('fk_brand_text_brand_id_brand'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('brand_id', 'locale', name=op.f('pk_brand_text'))
    )
    op.create_table('catalog_import_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('import_id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('row_number', sa.Integer(), nullable=False),
    sa.Column('handle', sa.String(length=200), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('params', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('changes', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.CheckConstraint("kind IN ('refused','note','created','updated')", name=op.f('ck_catalog_import_line_kind')),
    sa.ForeignKeyConstraint(['import_id'], ['catalog_import.id'], name=op.f('fk_catalog_import_line_import_id_catalog_import'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalog_import_line'))
    )
    with op.batch_alter_table('catalog_import_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_catalog_import_line_import_id_kind_id'), ['import_id', 'kind', 'id'], unique=False)

    op.create_table('category',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=120), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('picture', sa.String(length=200), nullable=False),
    sa.Column('picture_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['parent_id'], ['category.id'], name=op.f('fk_category_parent_id_category')),
    sa.ForeignKeyConstraint(['picture_id'], ['picture.id'], name=op.f('fk_category_picture_id_picture')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_category')),
    sa.UniqueConstraint('slug', name=op.f('uq_category_slug'))
    )
    with op.batch_alter_table('category', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_category_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_category_picture_id'), ['picture_id'], unique=False)

    op.create_table('look_picture',
    sa.Column('place', sa.String(length=20), nullable=False),
    sa.Column('picture_id', sa.Integer(), nullable=False),
    sa.Column('file', sa.String(length=200), nullable=False),
    sa.Column('alt', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['picture_id'], ['picture.id'], name=op.f('fk_look_picture_picture_id_picture')),
    sa.PrimaryKeyConstraint('place', name=op.f('pk_look_picture'))
    )
    with op.batch_alter_table('look_picture', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_look_picture_picture_id'), ['picture_id'], unique=False)

    op.create_table('page_text',
    sa.Column('page_id', sa.Integer(), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['page_id'], ['page.id'], name=op.f('fk_page_text_page_id_page'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('page_id', 'locale', name=op.f('pk_page_text'))
    )
    op.create_table('product',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=80), nullable=False),
    sa.Column('slug', sa.String(length=160), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('brand_id', sa.Integer(), nullable=True),
    sa.Column('origin', sa.String(length=2), nullable=False),
    sa.Column('hs_code', sa.String(length=12), nullable=False),
    sa.Column('customs_description', sa.String(length=200), nullable=False),
    sa.Column('tax_class', sa.String(length=20), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=True),
    sa.Column('length', sa.Integer(), nullable=True),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('release', sa.String(length=10), nullable=False),
    sa.Column('restrictions', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('alcohol_percent', sa.String(length=8), nullable=False),
    sa.Column('not_returnable', sa.Boolean(), nullable=False),
    sa.Column('purchase_limit', sa.Integer(), nullable=True),
    sa.Column('limit_counts_shipped', sa.Boolean(), nullable=False),
    sa.Column('condition_item', sa.String(length=4), nullable=False),
    sa.Column('condition_box', sa.String(length=4), nullable=False),
    sa.Column('popularity', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('draft','published','withdrawn')", name=op.f('ck_product_state')),
    sa.CheckConstraint('purchase_limit IS NULL OR purchase_limit > 0', name=op.f('ck_product_purchase_limit')),
    sa.CheckConstraint('weight IS NULL OR weight > 0', name=op.f('ck_product_weight')),
    sa.ForeignKeyConstraint(['brand_id'], ['brand.id'], name=op.f('fk_product_brand_id_brand')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_product')),
    sa.UniqueConstraint('code', name=op.f('uq_product_code')),
    sa.UniqueConstraint('slug', name=op.f('uq_product_slug'))
    )
    with op.batch_alter_table('product', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_product_brand_id'), ['brand_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_product_popularity_id'), ['popularity', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_product_state_created_at_id'), ['state', 'created_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_product_state_popularity_id'), ['state', 'popularity', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_product_updated_at_id'), ['updated_at', 'id'], unique=False)

    op.create_table('recovery_code',
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_recovery_code_staff_id_staff'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('staff_id', 'code_hash', name=op.f('pk_recovery_code'))
    )
    op.create_table('shopper_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=True),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_shopper_session_customer_id_customer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shopper_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_shopper_session_token_hash'))
    )
    with op.batch_alter_table('shopper_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shopper_session_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_shopper_session_expires_at'), ['expires_at'], unique=False)

    op.create_table('staff_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('verified', sa.Boolean(), nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('browser', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_session_staff_id_staff'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_staff_session_token_hash'))
    )
    with op.batch_alter_table('staff_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_session_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_staff_session_staff_id_last_seen_at'), ['staff_id', 'last_seen_at'], unique=False)

    op.create_table('cart',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=True),
    sa.Column('customer_id', sa.Integer(), nullable=True),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_cart_customer_id_customer')),
    sa.ForeignKeyConstraint(['session_id'], ['shopper_session.id'], name=op.f('fk_cart_session_id_shopper_session'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cart')),
    sa.UniqueConstraint('customer_id', name=op.f('uq_cart_customer_id')),
    sa.UniqueConstraint('session_id', name=op.f('uq_cart_session_id'))
    )
    op.create_table('category_text',
    sa.Column('category_id', sa.Integer(), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_category_text_category_id_category'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('category_id', 'locale', name=op.f('pk_category_text'))
    )
    op.create_table('product_card',
    sa.Column('product_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('slug', sa.String(length=160), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('list_price', sa.Integer(), nullable=True),
    sa.Column('lowest', sa.Integer(), nullable=False),
    sa.Column('highest', sa.Integer(), nullable=False),
    sa.Column('own_prices', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('available', sa.Integer(), nullable=True),
    sa.Column('release', sa.String(length=10), nullable=False),
    sa.Column('picture', sa.String(length=200), nullable=False),
    sa.Column('tint', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_product_card_product_id_product'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('product_id', name=op.f('pk_product_card'))
    )
    op.create_table('product_category',
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_product_category_category_id_category'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_product_category_product_id_product'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('product_id', 'category_id', name=op.f('pk_product_category'))
    )
    with op.batch_alter_table('product_category', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_product_category_category_id'), ['category_id'], unique=False)

    op.create_table('product_picture',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('picture_id', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('file', sa.String(length=200), nullable=False),
    sa.Column('source_url', sa.String(length=1000), nullable=False),
    sa.Column('fetch_problem', sa.String(length=300), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('tint', sa.Integer(), nullable=False),
    sa.Column('alt', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['picture_id'], ['picture.id'], name=op.f('fk_product_picture_picture_id_picture')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_product_picture_product_id_product'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_product_picture')),
    sa.UniqueConstraint('product_id', 'position', name=op.f('uq_product_picture_product_id_position'))
    )
    with op.batch_alter_table('product_picture', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_product_picture_file'), ['file'], unique=False)
        batch_op.create_index(batch_op.f('ix_product_picture_picture_id'), ['picture_id'], unique=False)

    op.create_table('product_text',
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('contents', sa.Text(), nullable=False),
    sa.Column('ingredients', sa.Text(), nullable=False),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('seo_title', sa.String(length=300), nullable=False),
    sa.Column('seo_description', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_product_text_product_id_product'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('product_id', 'locale', name=op.f('pk_product_text'))
    )
    op.create_table('purchase_tally',
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('holder', sa.String(length=80), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.CheckConstraint('quantity >= 0', name=op.f('ck_purchase_tally_quantity')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_purchase_tally_product_id_product'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('product_id', 'holder', name=op.f('pk_purchase_tally'))
    )
    op.create_table('search_hidden',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('rank', sa.BigInteger(), nullable=False),
    sa.Column('tier', sa.SmallInteger(), nullable=False),
    sa.Column('heads', sa.Text(), nullable=False),
    sa.Column('tokens', sa.Text().with_variant(postgresql.TSVECTOR(), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['id'], ['product.id'], name=op.f('fk_search_hidden_id_product'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_hidden')),
    sa.UniqueConstraint('rank', name=op.f('uq_search_hidden_rank'))
    )
    op.create_table('search_product',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('rank', sa.BigInteger(), nullable=False),
    sa.Column('tier', sa.SmallInteger(), nullable=False),
    sa.Column('heads', sa.Text(), nullable=False),
    sa.Column('tokens', sa.Text().with_variant(postgresql.TSVECTOR(), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['id'], ['product.id'], name=op.f('fk_search_product_id_product'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_product')),
    sa.UniqueConstraint('rank', name=op.f('uq_search_product_rank'))
    )
    op.create_table('sku',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=120), nullable=False),
    sa.Column('barcode', sa.String(length=20), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('list_price', sa.Integer(), nullable=True),
    sa.Column('weight', sa.Integer(), nullable=True),
    sa.Column('mode', sa.String(length=20), nullable=False),
    sa.Column('release', sa.String(length=10), nullable=False),
    sa.Column('options', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.CheckConstraint('list_price IS NULL OR list_price >= 0', name=op.f('ck_sku_list_price')),
    sa.CheckConstraint('price >= 0', name=op.f('ck_sku_price')),
    sa.CheckConstraint('weight IS NULL OR weight > 0', name=op.f('ck_sku_weight')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_sku_product_id_product'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sku')),
    sa.UniqueConstraint('code', name=op.f('uq_sku_code'))
    )
    with op.batch_alter_table('sku', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sku_barcode'), ['barcode'], unique=False)
        batch_op.create_index(batch_op.f('ix_sku_product_id_position'), ['product_id', 'position'], unique=False)

    op.create_table('card_price',
    sa.Column('product_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['product_id'], ['product_card.product_id'], name=op.f('fk_card_price_product_id_product_card'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('product_id', 'currency', name=op.f('pk_card_price'))
    )
    with op.batch_alter_table('card_price', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_card_price_currency'), ['currency'], unique=False)

    op.create_table('card_text',
    sa.Column('product_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('name_lang', sa.String(length=10), nullable=False),
    sa.Column('brand', sa.String(length=200), nullable=False),
    sa.Column('brand_lang', sa.String(length=10), nullable=False),
    sa.Column('alt', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['product_id'], ['product_card.product_id'], name=op.f('fk_card_text_product_id_product_card'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('product_id', 'locale', name=op.f('pk_card_text'))
    )
    op.create_table('cart_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cart_id', sa.Integer(), nullable=False),
    sa.Column('sku_id', sa.Integer(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('seen_price', sa.Integer(), nullable=False),
    sa.Column('seen_currency', sa.String(length=3), nullable=False),
    sa.Column('seen_status', sa.String(length=20), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_cart_line_quantity')),
    sa.ForeignKeyConstraint(['cart_id'], ['cart.id'], name=op.f('fk_cart_line_cart_id_cart'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sku_id'], ['sku.id'], name=op.f('fk_cart_line_sku_id_sku'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cart_line')),
    sa.UniqueConstraint('cart_id', 'sku_id', name=op.f('uq_cart_line_cart_id_sku_id'))
    )
    op.create_table('import_origin',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('external_key', sa.String(length=400), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('sku_id', sa.Integer(), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('last_quantity', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_import_origin_product_id_product'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sku_id'], ['sku.id'], name=op.f('fk_import_origin_sku_id_sku'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_origin')),
    sa.UniqueConstraint('source', 'external_key', name=op.f('uq_import_origin_source_external_key'))
    )
    with op.batch_alter_table('import_origin', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_import_origin_product_id'), ['product_id'], unique=False)

    op.create_table('order',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('secret', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('cancel_reason', sa.String(length=20), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=True),
    sa.Column('cart_id', sa.Integer(), nullable=True),
    sa.Column('checkout_token', sa.String(length=40), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('address', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('base_currency', sa.String(length=3), nullable=False),
    sa.Column('rate', sa.String(length=24), nullable=False),
    sa.Column('rate_step', sa.Integer(), nullable=False),
    sa.Column('billing_mode', sa.String(length=16), nullable=False),
    sa.Column('carrier', sa.String(length=80), nullable=False),
    sa.Column('service', sa.String(length=80), nullable=False),
    sa.Column('shipping_quote', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('method', sa.String(length=80), nullable=False),
    sa.Column('inputs', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('split_from_id', sa.Integer(), nullable=True),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('placed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(state = 'cancelled') = (cancel_reason <> '')", name=op.f('ck_order_cancel_reason')),
    sa.CheckConstraint("state IN ('draft','pending','processing','shipped','completed','cancelled')", name=op.f('ck_order_state')),
    sa.ForeignKeyConstraint(['cart_id'], ['cart.id'], name=op.f('fk_order_cart_id_cart'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_order_customer_id_customer')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['order.id'], name=op.f('fk_order_merged_into_id_order')),
    sa.ForeignKeyConstraint(['split_from_id'], ['order.id'], name=op.f('fk_order_split_from_id_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order')),
    sa.UniqueConstraint('checkout_token', name=op.f('uq_order_checkout_token')),
    sa.UniqueConstraint('number', name=op.f('uq_order_number'))
    )
    with op.batch_alter_table('order', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_carrier_placed_at_id'), ['carrier', 'placed_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_order_country_placed_at_id_state_method'), ['country', 'placed_at', 'id', 'state', 'method'], unique=False)
        batch_op.create_index(batch_op.f('ix_order_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_order_email'), ['email'], unique=False)
        batch_op.create_index(batch_op.f('ix_order_method_placed_at_id_state_country'), ['method', 'placed_at', 'id', 'state', 'country'], unique=False)
        batch_op.create_index(batch_op.f('ix_order_placed_at_id'), ['placed_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_order_state_placed_at_id_country_method'), ['state', 'placed_at', 'id', 'country', 'method'], unique=False)
        batch_op.create_index('uq_order_draft_cart', ['cart_id'], unique=True, sqlite_where=sa.text("state = 'draft'"), postgresql_where=sa.text("state = 'draft'"))

    op.create_table('shelf_entry',
    sa.Column('category_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('product_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('brand_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Integer(), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('popularity', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('release', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['product_id'], ['product_card.product_id'], name=op.f('fk_shelf_entry_product_id_product_card'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('category_id', 'product_id', name=op.f('pk_shelf_entry'))
    )
    with op.batch_alter_table('shelf_entry', schema=None) as batch_op:
        batch_op.create_index('ix_shelf_awaited', ['state', 'release', 'product_id'], unique=False, sqlite_where=sa.text('category_id = 0'), postgresql_where=sa.text('category_id = 0'))
        batch_op.create_index('ix_shelf_brand', ['category_id', 'brand_id', 'popularity', 'product_id', 'state', 'price'], unique=False)
        batch_op.create_index(batch_op.f('ix_shelf_entry_product_id'), ['product_id'], unique=False)
        batch_op.create_index('ix_shelf_newest', ['category_id', 'created_at', 'product_id', 'state', 'brand_id', 'price'], unique=False)
        batch_op.create_index('ix_shelf_popularity', ['category_id', 'popularity', 'product_id', 'state', 'brand_id', 'price'], unique=False)
        batch_op.create_index('ix_shelf_price', ['category_id', 'price', 'product_id', 'state', 'brand_id'], unique=False)
        batch_op.create_index('ix_shelf_release', ['category_id', 'release', 'product_id', 'state', 'brand_id', 'price'], unique=False)
        batch_op.create_index('ix_shelf_state', ['category_id', 'state', 'popularity', 'product_id', 'brand_id', 'price'], unique=False)

    op.create_table('sku_price',
    sa.Column('sku_id', sa.Integer(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('list_price', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['sku_id'], ['sku.id'], name=op.f('fk_sku_price_sku_id_sku'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('sku_id', 'currency', name=op.f('pk_sku_price'))
    )
    op.create_table('stock_item',
    sa.Column('sku_id', sa.Integer(), nullable=False),
    sa.Column('tracked', sa.Boolean(), nullable=False),
    sa.Column('on_hand', sa.Integer(), nullable=False),
    sa.Column('reserved', sa.Integer(), nullable=False),
    sa.Column('slots', sa.Integer(), nullable=True),
    sa.Column('slots_taken', sa.Integer(), nullable=False),
    sa.CheckConstraint('on_hand >= 0', name=op.f('ck_stock_item_on_hand')),
    sa.CheckConstraint('reserved >= 0 AND reserved <= on_hand', name=op.f('ck_stock_item_reserved')),
    sa.CheckConstraint('slots IS NULL OR slots_taken <= slots', name=op.f('ck_stock_item_slots')),
    sa.CheckConstraint('slots_taken >= 0', name=op.f('ck_stock_item_slots_taken')),
    sa.ForeignKeyConstraint(['sku_id'], ['sku.id'], name=op.f('fk_stock_item_sku_id_sku'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('sku_id', name=op.f('pk_stock_item'))
    )
    op.create_table('bill',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('secret', sa.String(length=40), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=True),
    sa.Column('customer_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(kind = 'topup') = (order_id IS NULL)", name=op.f('ck_bill_order')),
    sa.CheckConstraint("kind IN ('all','items','shipping','extra','topup')", name=op.f('ck_bill_kind')),
    sa.CheckConstraint("state IN ('open','settled','void')", name=op.f('ck_bill_state')),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_bill_amount')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_bill_customer_id_customer')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_bill_order_id_order')),
    sa.ForeignKeyConstraint(['replaces_id'], ['bill.id'], name=op.f('fk_bill_replaces_id_bill')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bill')),
    sa.UniqueConstraint('number', name=op.f('uq_bill_number')),
    sa.UniqueConstraint('secret', name=op.f('uq_bill_secret'))
    )
    with op.batch_alter_table('bill', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bill_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index('ix_bill_open', ['order_id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_index(batch_op.f('ix_bill_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_bill_state_due_at'), ['state', 'due_at'], unique=False)

    op.create_table('charge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=300), nullable=False),
    sa.Column('label_params', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('label_text', sa.String(length=300), nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('discount','shipping','fee','tax')", name=op.f('ck_charge_kind')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_charge_order_id_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_charge'))
    )
    with op.batch_alter_table('charge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_charge_order_id_revision'), ['order_id', 'revision'], unique=False)

    op.create_table('checkout',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cart_id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=40), nullable=False),
    sa.Column('typed', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('address', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('delivery', sa.String(length=160), nullable=False),
    sa.Column('method', sa.String(length=80), nullable=False),
    sa.Column('inputs', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['cart_id'], ['cart.id'], name=op.f('fk_checkout_cart_id_cart'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_checkout_order_id_order'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_checkout')),
    sa.UniqueConstraint('cart_id', name=op.f('uq_checkout_cart_id')),
    sa.UniqueConstraint('token', name=op.f('uq_checkout_token'))
    )
    op.create_table('order_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('from_state', sa.String(length=12), nullable=False),
    sa.Column('to_state', sa.String(length=12), nullable=False),
    sa.Column('actor', sa.String(length=120), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_order_event_order_id_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_event'))
    )
    with op.batch_alter_table('order_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_event_order_id_id'), ['order_id', 'id'], unique=False)

    op.create_table('order_flag',
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('actor', sa.String(length=120), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_order_flag_order_id_order')),
    sa.PrimaryKeyConstraint('order_id', 'kind', name=op.f('pk_order_flag'))
    )
    with op.batch_alter_table('order_flag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_flag_raised_at_order_id'), ['raised_at', 'order_id'], unique=False)

    op.create_table('order_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('sku_id', sa.Integer(), nullable=True),
    sa.Column('product_id', sa.Integer(), nullable=True),
    sa.Column('sku_code', sa.String(length=120), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('title_locale', sa.String(length=10), nullable=False),
    sa.Column('options', sa.String(length=300), nullable=False),
    sa.Column('picture', sa.String(length=200), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('cancelled_quantity', sa.Integer(), nullable=False),
    sa.Column('unit_price', sa.Integer(), nullable=True),
    sa.Column('unknown_reason', sa.String(length=200), nullable=False),
    sa.Column('list_price', sa.Integer(), nullable=True),
    sa.Column('tax_class', sa.String(length=20), nullable=False),
    sa.Column('customs_value', sa.Integer(), nullable=True),
    sa.Column('customs_description', sa.String(length=200), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=True),
    sa.Column('length', sa.Integer(), nullable=True),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('origin', sa.String(length=2), nullable=False),
    sa.Column('hs_code', sa.String(length=12), nullable=False),
    sa.Column('restrictions', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('release', sa.String(length=10), nullable=False),
    sa.Column('mode', sa.String(length=20), nullable=False),
    sa.Column('item_state', sa.String(length=20), nullable=False),
    sa.Column('cancel_reason', sa.String(length=20), nullable=False),
    sa.CheckConstraint("item_state IN ('ordered','awaiting_release','awaiting_supplier','awaiting_arrival','in_hand','packed','shipped','cancelled')", name=op.f('ck_order_line_item_state')),
    sa.CheckConstraint("kind IN ('goods','request','forwarded','service')", name=op.f('ck_order_line_kind')),
    sa.CheckConstraint('cancelled_quantity >= 0 AND cancelled_quantity <= quantity', name=op.f('ck_order_line_cancelled')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_order_line_quantity')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_order_line_order_id_order')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_order_line_product_id_product'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['sku_id'], ['sku.id'], name=op.f('fk_order_line_sku_id_sku'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_line')),
    sa.UniqueConstraint('order_id', 'position', name=op.f('uq_order_line_order_id_position'))
    )
    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.create_index('ix_order_line_awaited', ['order_id'], unique=False, sqlite_where=sa.text("item_state IN ('ordered','awaiting_release','awaiting_supplier','awaiting_arrival')"), postgresql_where=sa.text("item_state IN ('ordered','awaiting_release','awaiting_supplier','awaiting_arrival')"))
        batch_op.create_index('ix_order_line_release', ['release', 'order_id'], unique=False, sqlite_where=sa.text("item_state = 'awaiting_release'"), postgresql_where=sa.text("item_state = 'awaiting_release'"))
        batch_op.create_index(batch_op.f('ix_order_line_sku_id'), ['sku_id'], unique=False)

    op.create_table('order_revision',
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('items', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.Column('trace', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('actor', sa.String(length=120), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_order_revision_order_id_order')),
    sa.PrimaryKeyConstraint('order_id', 'revision', name=op.f('pk_order_revision'))
    )
    op.create_table('purchase_tally_share',
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('holder', sa.String(length=80), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_purchase_tally_share_order_id_order')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_purchase_tally_share_product_id_product'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('order_id', 'product_id', 'holder', name=op.f('pk_purchase_tally_share'))
    )
    op.create_table('search_order',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('rank', sa.BigInteger(), nullable=False),
    sa.Column('tier', sa.SmallInteger(), nullable=False),
    sa.Column('heads', sa.Text(), nullable=False),
    sa.Column('tokens', sa.Text().with_variant(postgresql.TSVECTOR(), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['id'], ['order.id'], name=op.f('fk_search_order_id_order'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_order')),
    sa.UniqueConstraint('rank', name=op.f('uq_search_order_rank'))
    )
    op.create_table('shipment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=True),
    sa.Column('length', sa.Integer(), nullable=True),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('carrier', sa.String(length=80), nullable=False),
    sa.Column('service', sa.String(length=80), nullable=False),
    sa.Column('tracking', sa.String(length=60), nullable=False),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handed_over_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('planned','packed','labelled','handed_over','delivered','lost','returned')", name=op.f('ck_shipment_state')),
    sa.CheckConstraint('weight IS NULL OR weight > 0', name=op.f('ck_shipment_weight')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_shipment_order_id_order')),
    sa.ForeignKeyConstraint(['replaces_id'], ['shipment.id'], name=op.f('fk_shipment_replaces_id_shipment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shipment'))
    )
    with op.batch_alter_table('shipment', schema=None) as batch_op:
        batch_op.create_index('ix_shipment_here', ['state', 'created_at', 'order_id'], unique=False, sqlite_where=sa.text("state IN ('planned','packed','labelled')"), postgresql_where=sa.text("state IN ('planned','packed','labelled')"))
        batch_op.create_index(batch_op.f('ix_shipment_order_id_id'), ['order_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_shipment_tracking'), ['tracking'], unique=False)

    op.create_table('bill_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('bill_id', sa.Integer(), nullable=False),
    sa.Column('order_line_id', sa.Integer(), nullable=True),
    sa.Column('charge_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.CheckConstraint('order_line_id IS NULL OR charge_id IS NULL', name=op.f('ck_bill_line_one_subject')),
    sa.ForeignKeyConstraint(['bill_id'], ['bill.id'], name=op.f('fk_bill_line_bill_id_bill')),
    sa.ForeignKeyConstraint(['charge_id'], ['charge.id'], name=op.f('fk_bill_line_charge_id_charge')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_line.id'], name=op.f('fk_bill_line_order_line_id_order_line')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bill_line'))
    )
    with op.batch_alter_table('bill_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bill_line_bill_id'), ['bill_id'], unique=False)

    op.create_table('bill_tender',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('bill_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('returned', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('held','spent','returned')", name=op.f('ck_bill_tender_state')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_bill_tender_amount')),
    sa.ForeignKeyConstraint(['bill_id'], ['bill.id'], name=op.f('fk_bill_tender_bill_id_bill')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bill_tender'))
    )
    with op.batch_alter_table('bill_tender', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bill_tender_bill_id'), ['bill_id'], unique=False)

    op.create_table('charge_share',
    sa.Column('charge_id', sa.Integer(), nullable=False),
    sa.Column('order_line_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['charge_id'], ['charge.id'], name=op.f('fk_charge_share_charge_id_charge')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_line.id'], name=op.f('fk_charge_share_order_line_id_order_line')),
    sa.PrimaryKeyConstraint('charge_id', 'order_line_id', name=op.f('pk_charge_share'))
    )
    with op.batch_alter_table('charge_share', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_charge_share_order_line_id'), ['order_line_id'], unique=False)

    op.create_table('forfeit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('bill_id', sa.Integer(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('actor', sa.String(length=120), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['bill_id'], ['bill.id'], name=op.f('fk_forfeit_bill_id_bill')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_forfeit_order_id_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forfeit'))
    )
    with op.batch_alter_table('forfeit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_forfeit_order_id'), ['order_id'], unique=False)

    op.create_table('payment_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('bill_id', sa.Integer(), nullable=False),
    sa.Column('method', sa.String(length=80), nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=120), nullable=False),
    sa.Column('payee', sa.String(length=120), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('new','redirected','approved','instructed','accepted','pending','captured','declined','voided')", name=op.f('ck_payment_attempt_state')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_payment_attempt_amount')),
    sa.ForeignKeyConstraint(['bill_id'], ['bill.id'], name=op.f('fk_payment_attempt_bill_id_bill')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_attempt')),
    sa.UniqueConstraint('key', name=op.f('uq_payment_attempt_key')),
    sa.UniqueConstraint('token', name=op.f('uq_payment_attempt_token'))
    )
    with op.batch_alter_table('payment_attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payment_attempt_bill_id_id'), ['bill_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_attempt_created_at'), ['created_at'], unique=False)
        batch_op.create_index('ix_payment_attempt_pending', ['bill_id'], unique=False, sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
        batch_op.create_index('uq_payment_attempt_live', ['bill_id'], unique=True, sqlite_where=sa.text("state IN ('new','redirected','approved','instructed','accepted','pending')"), postgresql_where=sa.text("state IN ('new','redirected','approved','instructed','accepted','pending')"))
        batch_op.create_index('uq_payment_attempt_reference', ['source', 'reference'], unique=True, sqlite_where=sa.text("reference <> ''"), postgresql_where=sa.text("reference <> ''"))

    op.create_table('reservation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sku_id', sa.Integer(), nullable=False),
    sa.Column('order_line_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("source IN ('on_hand','incoming','supplier')", name=op.f('ck_reservation_source')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_reservation_quantity')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_line.id'], name=op.f('fk_reservation_order_line_id_order_line')),
    sa.ForeignKeyConstraint(['sku_id'], ['sku.id'], name=op.f('fk_reservation_sku_id_sku')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reservation')),
    sa.UniqueConstraint('order_line_id', name=op.f('uq_reservation_order_line_id'))
    )
    with op.batch_alter_table('reservation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reservation_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_reservation_sku_id_source_id'), ['sku_id', 'source', 'id'], unique=False)

    op.create_table('shipment_line',
    sa.Column('shipment_id', sa.Integer(), nullable=False),
    sa.Column('order_line_id', sa.Integer(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_shipment_line_quantity')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_line.id'], name=op.f('fk_shipment_line_order_line_id_order_line')),
    sa.ForeignKeyConstraint(['shipment_id'], ['shipment.id'], name=op.f('fk_shipment_line_shipment_id_shipment')),
    sa.PrimaryKeyConstraint('shipment_id', 'order_line_id', name=op.f('pk_shipment_line'))
    )
    with op.batch_alter_table('shipment_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shipment_line_order_line_id'), ['order_line_id'], unique=False)

    op.create_table('stock_movement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sku_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('actor', sa.String(length=120), nullable=False),
    sa.Column('order_line_id', sa.Integer(), nullable=True),
    sa.Column('shipment_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('received','adjusted','shipped','returned','replaced')", name=op.f('ck_stock_movement_kind')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_line.id'], name=op.f('fk_stock_movement_order_line_id_order_line')),
    sa.ForeignKeyConstraint(['shipment_id'], ['shipment.id'], name=op.f('fk_stock_movement_shipment_id_shipment')),
    sa.ForeignKeyConstraint(['sku_id'], ['sku.id'], name=op.f('fk_stock_movement_sku_id_sku')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_movement'))
    )
    with op.batch_alter_table('stock_movement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stock_movement_sku_id_id'), ['sku_id', 'id'], unique=False)

    op.create_table('payment_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=120), nullable=False),
    sa.Column('actor', sa.String(length=120), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['attempt_id'], ['payment_attempt.id'], name=op.f('fk_payment_event_attempt_id_payment_attempt')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_event'))
    )
    with op.batch_alter_table('payment_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payment_event_attempt_id_id'), ['attempt_id', 'id'], unique=False)
        batch_op.create_index('uq_payment_event_capture', ['source', 'reference'], unique=True, sqlite_where=sa.text("kind = 'captured' AND reference <> ''"), postgresql_where=sa.text("kind = 'captured' AND reference <> ''"))

    op.create_table('refund',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('bill_id', sa.Integer(), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=True),
    sa.Column('tender_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('cause', sa.String(length=10), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=120), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('actor', sa.String(length=120), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("cause IN ('bill','late','overpaid','mismatch')", name=op.f('ck_refund_cause')),
    sa.CheckConstraint("state IN ('requested','pending','done','failed')", name=op.f('ck_refund_state')),
    sa.CheckConstraint('(attempt_id IS NULL) <> (tender_id IS NULL)', name=op.f('ck_refund_of_one')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_refund_amount')),
    sa.ForeignKeyConstraint(['attempt_id'], ['payment_attempt.id'], name=op.f('fk_refund_attempt_id_payment_attempt')),
    sa.ForeignKeyConstraint(['bill_id'], ['bill.id'], name=op.f('fk_refund_bill_id_bill')),
    sa.ForeignKeyConstraint(['tender_id'], ['bill_tender.id'], name=op.f('fk_refund_tender_id_bill_tender')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund')),
    sa.UniqueConstraint('key', name=op.f('uq_refund_key'))
    )
    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_refund_attempt_id'), ['attempt_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_refund_bill_id'), ['bill_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_refund_tender_id'), ['tender_id'], unique=False)
        batch_op.create_index('ix_refund_waiting', ['created_at'], unique=False, sqlite_where=sa.text("state IN ('requested','pending')"), postgresql_where=sa.text("state IN ('requested','pending')"))

    op.create_table('refund_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('refund_id', sa.Integer(), nullable=False),
    sa.Column('order_line_id', sa.Integer(), nullable=True),
    sa.Column('charge_id', sa.Integer(), nullable=True),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.CheckConstraint('(order_line_id IS NULL) <> (charge_id IS NULL)', name=op.f('ck_refund_line_of_one')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_refund_line_amount')),
    sa.ForeignKeyConstraint(['charge_id'], ['charge.id'], name=op.f('fk_refund_line_charge_id_charge')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_line.id'], name=op.f('fk_refund_line_order_line_id_order_line')),
    sa.ForeignKeyConstraint(['refund_id'], ['refund.id'], name=op.f('fk_refund_line_refund_id_refund')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund_line'))
    )
    with op.batch_alter_table('refund_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_refund_line_charge_id'), ['charge_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_refund_line_order_line_id'), ['order_line_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_refund_line_refund_id'), ['refund_id'], unique=False)

    op.create_table('refund_task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=True),
    sa.Column('bill_id', sa.Integer(), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=True),
    sa.Column('refund_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=6), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('open','done')", name=op.f('ck_refund_task_state')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_refund_task_amount')),
    sa.ForeignKeyConstraint(['attempt_id'], ['payment_attempt.id'], name=op.f('fk_refund_task_attempt_id_payment_attempt')),
    sa.ForeignKeyConstraint(['bill_id'], ['bill.id'], name=op.f('fk_refund_task_bill_id_bill')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_refund_task_order_id_order')),
    sa.ForeignKeyConstraint(['refund_id'], ['refund.id'], name=op.f('fk_refund_task_refund_id_refund')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund_task'))
    )
    with op.batch_alter_table('refund_task', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_refund_task_bill_id'), ['bill_id'], unique=False)
        batch_op.create_index('ix_refund_task_open', ['created_at', 'order_id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_index(batch_op.f('ix_refund_task_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_refund_task_refund_id'), ['refund_id'], unique=False)
    if op.get_bind().dialect.name == 'sqlite':
        op.execute('CREATE VIRTUAL TABLE search_product_fts USING fts5(tokens, content=\'search_product\', content_rowid=\'rank\', columnsize=0, prefix=\'1 2 3\', tokenize="ascii tokenchars \'=<:%&+#@$*^-_\'")')
        op.execute('CREATE TRIGGER search_product_added AFTER INSERT ON search_product BEGIN INSERT INTO search_product_fts(rowid, tokens) VALUES (new.rank, new.tokens); END')
        op.execute("CREATE TRIGGER search_product_removed AFTER DELETE ON search_product BEGIN INSERT INTO search_product_fts(search_product_fts, rowid, tokens) VALUES ('delete', old.rank, old.tokens); END")
        op.execute("CREATE TRIGGER search_product_changed AFTER UPDATE OF rank, tokens ON search_product WHEN old.rank IS NOT new.rank OR old.tokens IS NOT new.tokens BEGIN INSERT INTO search_product_fts(search_product_fts, rowid, tokens) VALUES ('delete', old.rank, old.tokens); INSERT INTO search_product_fts(rowid, tokens) VALUES (new.rank, new.tokens); END")
        op.execute('CREATE VIRTUAL TABLE search_hidden_fts USING fts5(tokens, content=\'search_hidden\', content_rowid=\'rank\', columnsize=0, prefix=\'1 2 3\', tokenize="ascii tokenchars \'=<:%&+#@$*^-_\'")')
        op.execute('CREATE TRIGGER search_hidden_added AFTER INSERT ON search_hidden BEGIN INSERT INTO search_hidden_fts(rowid, tokens) VALUES (new.rank, new.tokens); END')
        op.execute("CREATE TRIGGER search_hidden_removed AFTER DELETE ON search_hidden BEGIN INSERT INTO search_hidden_fts(search_hidden_fts, rowid, tokens) VALUES ('delete', old.rank, old.tokens); END")
        op.execute("CREATE TRIGGER search_hidden_changed AFTER UPDATE OF rank, tokens ON search_hidden WHEN old.rank IS NOT new.rank OR old.tokens IS NOT new.tokens BEGIN INSERT INTO search_hidden_fts(search_hidden_fts, rowid, tokens) VALUES ('delete', old.rank, old.tokens); INSERT INTO search_hidden_fts(rowid, tokens) VALUES (new.rank, new.tokens); END")
        op.execute('CREATE VIRTUAL TABLE search_order_fts USING fts5(tokens, content=\'search_order\', content_rowid=\'rank\', columnsize=0, prefix=\'1 2 3\', tokenize="ascii tokenchars \'=<:%&+#@$*^-_\'")')
        op.execute('CREATE TRIGGER search_order_added AFTER INSERT ON search_order BEGIN INSERT INTO search_order_fts(rowid, tokens) VALUES (new.rank, new.tokens); END')
        op.execute("CREATE TRIGGER search_order_removed AFTER DELETE ON search_order BEGIN INSERT INTO search_order_fts(search_order_fts, rowid, tokens) VALUES ('delete', old.rank, old.tokens); END")
        op.execute("CREATE TRIGGER search_order_changed AFTER UPDATE OF rank, tokens ON search_order WHEN old.rank IS NOT new.rank OR old.tokens IS NOT new.tokens BEGIN INSERT INTO search_order_fts(search_order_fts, rowid, tokens) VALUES ('delete', old.rank, old.tokens); INSERT INTO search_order_fts(rowid, tokens) VALUES (new.rank, new.tokens); END")
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('CREATE INDEX ix_search_product_tokens_gin_0 ON search_product USING gin (tokens) WITH (fastupdate = off) WHERE tier = 0')
        op.execute('CREATE INDEX ix_search_product_tokens_gin_1 ON search_product USING gin (tokens) WITH (fastupdate = off) WHERE tier = 1')
        op.execute('CREATE INDEX ix_search_product_tokens_gin_2 ON search_product USING gin (tokens) WITH (fastupdate = off) WHERE tier = 2')
        op.execute('CREATE INDEX ix_search_product_tokens_gin_3 ON search_product USING gin (tokens) WITH (fastupdate = off) WHERE tier = 3')
        op.execute('CREATE INDEX ix_search_hidden_tokens_gin_0 ON search_hidden USING gin (tokens) WITH (fastupdate = off) WHERE tier = 0')
        op.execute('CREATE INDEX ix_search_hidden_tokens_gin_1 ON search_hidden USING gin (tokens) WITH (fastupdate = off) WHERE tier = 1')
        op.execute('CREATE INDEX ix_search_hidden_tokens_gin_2 ON search_hidden USING gin (tokens) WITH (fastupdate = off) WHERE tier = 2')
        op.execute('CREATE INDEX ix_search_hidden_tokens_gin_3 ON search_hidden USING gin (tokens) WITH (fastupdate = off) WHERE tier = 3')
        op.execute('CREATE INDEX ix_search_order_tokens_gin_0 ON search_order USING gin (tokens) WITH (fastupdate = off) WHERE tier = 0')
        op.execute('CREATE INDEX ix_search_order_tokens_gin_1 ON search_order USING gin (tokens) WITH (fastupdate = off) WHERE tier = 1')
        op.execute('CREATE INDEX ix_search_order_tokens_gin_2 ON search_order USING gin (tokens) WITH (fastupdate = off) WHERE tier = 2')
        op.execute('CREATE INDEX ix_search_order_tokens_gin_3 ON search_order USING gin (tokens) WITH (fastupdate = off) WHERE tier = 3')
    op.execute("INSERT INTO shop_version (id, version, profile) VALUES (1, 1, '')")


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute('DROP TABLE IF EXISTS search_product_fts')
        op.execute('DROP TABLE IF EXISTS search_hidden_fts')
        op.execute('DROP TABLE IF EXISTS search_order_fts')
    with op.batch_alter_table('refund_task', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_refund_task_refund_id'))
        batch_op.drop_index(batch_op.f('ix_refund_task_order_id'))
        batch_op.drop_index('ix_refund_task_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index(batch_op.f('ix_refund_task_bill_id'))

    op.drop_table('refund_task')
    with op.batch_alter_table('refund_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_refund_line_refund_id'))
        batch_op.drop_index(batch_op.f('ix_refund_line_order_line_id'))
        batch_op.drop_index(batch_op.f('ix_refund_line_charge_id'))

    op.drop_table('refund_line')
    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.drop_index('ix_refund_waiting', sqlite_where=sa.text("state IN ('requested','pending')"), postgresql_where=sa.text("state IN ('requested','pending')"))
        batch_op.drop_index(batch_op.f('ix_refund_tender_id'))
        batch_op.drop_index(batch_op.f('ix_refund_bill_id'))
        batch_op.drop_index(batch_op.f('ix_refund_attempt_id'))

    op.drop_table('refund')
    with op.batch_alter_table('payment_event', schema=None) as batch_op:
        batch_op.drop_index('uq_payment_event_capture', sqlite_where=sa.text("kind = 'captured' AND reference <> ''"), postgresql_where=sa.text("kind = 'captured' AND reference <> ''"))
        batch_op.drop_index(batch_op.f('ix_payment_event_attempt_id_id'))

    op.drop_table('payment_event')
    with op.batch_alter_table('stock_movement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stock_movement_sku_id_id'))

    op.drop_table('stock_movement')
    with op.batch_alter_table('shipment_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_shipment_line_order_line_id'))

    op.drop_table('shipment_line')
    with op.batch_alter_table('reservation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reservation_sku_id_source_id'))
        batch_op.drop_index(batch_op.f('ix_reservation_expires_at'))

    op.drop_table('reservation')
    with op.batch_alter_table('payment_attempt', schema=None) as batch_op:
        batch_op.drop_index('uq_payment_attempt_reference', sqlite_where=sa.text("reference <> ''"), postgresql_where=sa.text("reference <> ''"))
        batch_op.drop_index('uq_payment_attempt_live', sqlite_where=sa.text("state IN ('new','redirected','approved','instructed','accepted','pending')"), postgresql_where=sa.text("state IN ('new','redirected','approved','instructed','accepted','pending')"))
        batch_op.drop_index('ix_payment_attempt_pending', sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
        batch_op.drop_index(batch_op.f('ix_payment_attempt_created_at'))
        batch_op.drop_index(batch_op.f('ix_payment_attempt_bill_id_id'))

    op.drop_table('payment_attempt')
    with op.batch_alter_table('forfeit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_forfeit_order_id'))

    op.drop_table('forfeit')
    with op.batch_alter_table('charge_share', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_charge_share_order_line_id'))

    op.drop_table('charge_share')
    with op.batch_alter_table('bill_tender', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bill_tender_bill_id'))

    op.drop_table('bill_tender')
    with op.batch_alter_table('bill_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bill_line_bill_id'))

    op.drop_table('bill_line')
    with op.batch_alter_table('shipment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_shipment_tracking'))
        batch_op.drop_index(batch_op.f('ix_shipment_order_id_id'))
        batch_op.drop_index('ix_shipment_here', sqlite_where=sa.text("state IN ('planned','packed','labelled')"), postgresql_where=sa.text("state IN ('planned','packed','labelled')"))

    op.drop_table('shipment')
    op.drop_table('search_order')
    op.drop_table('purchase_tally_share')
    op.drop_table('order_revision')
    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_order_line_sku_id'))
        batch_op.drop_index('ix_order_line_release', sqlite_where=sa.text("item_state = 'awaiting_release'"), postgresql_where=sa.text("item_state = 'awaiting_release'"))
        batch_op.drop_index('ix_order_line_awaited', sqlite_where=sa.text("item_state IN ('ordered','awaiting_release','awaiting_supplier','awaiting_arrival')"), postgresql_where=sa.text("item_state IN ('ordered','awaiting_release','awaiting_supplier','awaiting_arrival')"))

    op.drop_table('order_line')
    with op.batch_alter_table('order_flag', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_order_flag_raised_at_order_id'))

    op.drop_table('order_flag')
    with op.batch_alter_table('order_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_order_event_order_id_id'))

    op.drop_table('order_event')
    op.drop_table('checkout')
    with op.batch_alter_table('charge', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_charge_order_id_revision'))

    op.drop_table('charge')
    with op.batch_alter_table('bill', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bill_state_due_at'))
        batch_op.drop_index(batch_op.f('ix_bill_order_id'))
        batch_op.drop_index('ix_bill_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index(batch_op.f('ix_bill_customer_id'))

    op.drop_table('bill')
    op.drop_table('stock_item')
    op.drop_table('sku_price')
    with op.batch_alter_table('shelf_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_shelf_state')
        batch_op.drop_index('ix_shelf_release')
        batch_op.drop_index('ix_shelf_price')
        batch_op.drop_index('ix_shelf_popularity')
        batch_op.drop_index('ix_shelf_newest')
        batch_op.drop_index(batch_op.f('ix_shelf_entry_product_id'))
        batch_op.drop_index('ix_shelf_brand')
        batch_op.drop_index('ix_shelf_awaited', sqlite_where=sa.text('category_id = 0'), postgresql_where=sa.text('category_id = 0'))

    op.drop_table('shelf_entry')
    with op.batch_alter_table('order', schema=None) as batch_op:
        batch_op.drop_index('uq_order_draft_cart', sqlite_where=sa.text("state = 'draft'"), postgresql_where=sa.text("state = 'draft'"))
        batch_op.drop_index(batch_op.f('ix_order_state_placed_at_id_country_method'))
        batch_op.drop_index(batch_op.f('ix_order_placed_at_id'))
        batch_op.drop_index(batch_op.f('ix_order_method_placed_at_id_state_country'))
        batch_op.drop_index(batch_op.f('ix_order_email'))
        batch_op.drop_index(batch_op.f('ix_order_customer_id'))
        batch_op.drop_index(batch_op.f('ix_order_country_placed_at_id_state_method'))
        batch_op.drop_index(batch_op.f('ix_order_carrier_placed_at_id'))

    op.drop_table('order')
    with op.batch_alter_table('import_origin', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_import_origin_product_id'))

    op.drop_table('import_origin')
    op.drop_table('cart_line')
    op.drop_table('card_text')
    with op.batch_alter_table('card_price', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_card_price_currency'))

    op.drop_table('card_price')
    with op.batch_alter_table('sku', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sku_product_id_position'))
        batch_op.drop_index(batch_op.f('ix_sku_barcode'))

    op.drop_table('sku')
    op.drop_table('search_product')
    op.drop_table('search_hidden')
    op.drop_table('purchase_tally')
    op.drop_table('product_text')
    with op.batch_alter_table('product_picture', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_product_picture_picture_id'))
        batch_op.drop_index(batch_op.f('ix_product_picture_file'))

    op.drop_table('product_picture')
    with op.batch_alter_table('product_category', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_product_category_category_id'))

    op.drop_table('product_category')
    op.drop_table('product_card')
    op.drop_table('category_text')
    op.drop_table('cart')
    with op.batch_alter_table('staff_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_staff_session_staff_id_last_seen_at'))
        batch_op.drop_index(batch_op.f('ix_staff_session_expires_at'))

    op.drop_table('staff_session')
    with op.batch_alter_table('shopper_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_shopper_session_expires_at'))
        batch_op.drop_index(batch_op.f('ix_shopper_session_customer_id'))

    op.drop_table('shopper_session')
    op.drop_table('recovery_code')
    with op.batch_alter_table('product', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_product_updated_at_id'))
        batch_op.drop_index(batch_op.f('ix_product_state_popularity_id'))
        batch_op.drop_index(batch_op.f('ix_product_state_created_at_id'))
        batch_op.drop_index(batch_op.f('ix_product_popularity_id'))
        batch_op.drop_index(batch_op.f('ix_product_brand_id'))

    op.drop_table('product')
    op.drop_table('page_text')
    with op.batch_alter_table('look_picture', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_look_picture_picture_id'))

    op.drop_table('look_picture')
    with op.batch_alter_table('category', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_category_picture_id'))
        batch_op.drop_index(batch_op.f('ix_category_parent_id'))

    op.drop_table('category')
    with op.batch_alter_table('catalog_import_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_catalog_import_line_import_id_kind_id'))

    op.drop_table('catalog_import_line')
    op.drop_table('brand_text')
    with op.batch_alter_table('webhook_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_webhook_event_reference'))

    op.drop_table('webhook_event')
    with op.batch_alter_table('throttle', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_throttle_ends_at'))

    op.drop_table('throttle')
    op.drop_table('theme_fault')
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_task_state_id'))
        batch_op.drop_index(batch_op.f('ix_task_actor'))

    op.drop_table('task')
    with op.batch_alter_table('staff', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_staff_invite_hash'))

    op.drop_table('staff')
    op.drop_table('shop_version')
    op.drop_table('shipping_box')
    with op.batch_alter_table('search_word', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_search_word_initial_length'))

    op.drop_table('search_word')
    op.drop_table('search_question')
    op.drop_table('schedule')
    op.drop_table('policy')
    op.drop_table('plugin_state')
    with op.batch_alter_table('plugin_fault', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plugin_fault_plugin_at'))

    op.drop_table('plugin_fault')
    with op.batch_alter_table('picture', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_picture_state_id'))
        batch_op.drop_index(batch_op.f('ix_picture_file'))

    op.drop_table('picture')
    op.drop_table('page')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_subject'))
        batch_op.drop_index(batch_op.f('ix_outbox_state_available_at_queue'))
        batch_op.drop_index('ix_outbox_dead_name', sqlite_where=sa.text("state = 'dead'"), postgresql_where=sa.text("state = 'dead'"))
        batch_op.drop_index('ix_outbox_dead', sqlite_where=sa.text("state = 'dead'"), postgresql_where=sa.text("state = 'dead'"))

    op.drop_table('outbox')
    op.drop_table('number_series')
    with op.batch_alter_table('missing_text', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_missing_text_locale_id'))

    op.drop_table('missing_text')
    with op.batch_alter_table('mail_record', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mail_record_subject_id'))
        batch_op.drop_index(batch_op.f('ix_mail_record_outcome_id'))
        batch_op.drop_index(batch_op.f('ix_mail_record_kind_id'))
        batch_op.drop_index(batch_op.f('ix_mail_record_address_folded_id'))

    op.drop_table('mail_record')
    op.drop_table('mail_opt_out')
    op.drop_table('inbox')
    op.drop_table('customer')
    op.drop_table('currency')
    op.drop_table('closed_destination')
    with op.batch_alter_table('catalog_import', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_catalog_import_created_at'))

    op.drop_table('catalog_import')
    op.drop_table('brand')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_entry_subject_id_subject_kind'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_at_id'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_area_at_id'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_actor_at_id'))

    op.drop_table('audit_entry')
    op.drop_table('announcement')
