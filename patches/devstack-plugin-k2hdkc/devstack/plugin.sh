#!/bin/bash
# DevStack plugin: the K2HDKC datastore in Trove, beside the stock datastores.
#
# It comes after Trove's own plugin, whose variables and files it uses, and
# changes what is Trove's by nothing but the patch for its options. Every phase
# may be repeated.

K2HDKC_XTRACE=$(set +o | grep xtrace)
set +o xtrace

K2HDKC_PATCH=$K2HDKC_PATCHES_DIR/trove/datastore-options.patch
K2HDKC_MANAGER=trove_k2hdkc.guestagent.manager.Manager
K2HDKC_TEMPLATES=$TROVE_CONF_DIR/templates/k2hdkc
K2HDKC_HORIZON_LOCAL=$HORIZON_DIR/openstack_dashboard/local
K2HDKC_HORIZON_SETTINGS=$K2HDKC_HORIZON_LOCAL/local_settings.d/_1741_k2hdkc.py

# _k2hdkc_phase TEXT - Announces it, traced where stack.sh is traced: of what is announced, only the trace is in its output
function _k2hdkc_phase {
    $K2HDKC_XTRACE
    echo_summary "$1"
    set +o xtrace
}

# _k2hdkc_check_order() - Stops unless Trove's plugin comes first
function _k2hdkc_check_order {
    local plugin trove=0
    for plugin in ${DEVSTACK_PLUGINS//,/ }; do
        if [[ "$plugin" == "trove" ]]; then
            trove=1
        elif [[ "${GITDIR[$plugin]}" == "$K2HDKC_PLUGIN_DIR" && "$trove" == 0 ]]; then
            die $LINENO "The plugin $plugin needs what Trove's plugin sets up before it. In local.conf, put enable_plugin trove before the lines of $plugin."
        fi
    done
}

# _k2hdkc_untagged IMAGE - Its name without the tag
function _k2hdkc_untagged {
    if [[ "${1##*/}" == *:* ]]; then
        echo "${1%:*}"
    else
        echo "$1"
    fi
}

# _k2hdkc_patched - Whether Trove has the patch
function _k2hdkc_patched {
    patch -p1 --fuzz=0 --batch --reverse --force --dry-run -d "$TROVE_DIR" <"$K2HDKC_PATCH" >/dev/null
}

# patch_trove_k2hdkc() - Lets Trove load options of packages beside it
function patch_trove_k2hdkc {
    if _k2hdkc_patched; then
        echo "Trove has $(basename "$K2HDKC_PATCH") already."
        return
    fi
    if ! patch -p1 --fuzz=0 --batch --forward --dry-run -d "$TROVE_DIR" <"$K2HDKC_PATCH"; then
        die $LINENO "$K2HDKC_PATCH does not fit $TROVE_DIR/trove/common/cfg.py. Nothing was changed. TROVE_BRANCH must be a release that the patch is made for, and the file as that release has it: git -C $TROVE_DIR diff"
    fi
    patch -p1 --fuzz=0 --batch --forward --no-backup-if-mismatch -d "$TROVE_DIR" <"$K2HDKC_PATCH"
}

# _k2hdkc_pip PACKAGE [OPTION...] - Installs a package of ours, built from a copy
function _k2hdkc_pip {
    local copy
    copy=$(mktemp -d)
    cp -r "$K2HDKC_PATCHES_DIR/$1" "$copy/"
    pip_install --no-deps --force-reinstall "${@:2}" "$copy/$1"
    rm -rf "$copy"
}

# install_k2hdkc() - Puts the packages beside Trove and Horizon
function install_k2hdkc {
    patch_trove_k2hdkc
    _k2hdkc_pip trove-k2hdkc
    # Guests in development mode copy this directory and run from it.
    rm -rf "$TROVE_DIR"/trove_k2hdkc "$TROVE_DIR"/trove_k2hdkc-*.dist-info
    cp -r "$K2HDKC_PATCHES_DIR/trove-k2hdkc/trove_k2hdkc" "$TROVE_DIR/"
    _k2hdkc_write_entry_points
    if is_service_enabled horizon; then
        _k2hdkc_pip trove-dashboard-k2hdkc
        cp "$K2HDKC_PATCHES_DIR"/trove-dashboard-k2hdkc/trove_dashboard_k2hdkc/enabled/_1*.py "$K2HDKC_HORIZON_LOCAL/enabled/"
        _k2hdkc_horizon_settings
    fi
}

# _k2hdkc_horizon_settings() - Where Horizon finds the web application of K2HR3
function _k2hdkc_horizon_settings {
    rm -f "$K2HDKC_HORIZON_SETTINGS"
    if [[ -n "$K2HDKC_K2HR3_APP_URL" ]]; then
        mkdir -p "$(dirname "$K2HDKC_HORIZON_SETTINGS")"
        echo "K2HDKC_K2HR3_APP_URL = '$K2HDKC_K2HR3_APP_URL'" >"$K2HDKC_HORIZON_SETTINGS"
    fi
}

# _k2hdkc_write_entry_points() - What importlib finds in the copied directory
function _k2hdkc_write_entry_points {
    local info="$TROVE_DIR/trove_k2hdkc-0.dist-info"
    mkdir -p "$info"
    printf 'Metadata-Version: 2.1\nName: trove-k2hdkc\nVersion: 0\n' >"$info/METADATA"
    printf '[trove.datastore.options]\nk2hdkc = trove_k2hdkc.options:register\n' >"$info/entry_points.txt"
}

# configure_k2hdkc() - Options for the controllers and for guests
function configure_k2hdkc {
    local conf
    # Tells single instances of their ring; that of Trove is its base.
    iniset "$TROVE_CONF" DEFAULT taskmanager_manager trove_k2hdkc.taskmanager.Manager
    # cloud-init writes no file whose owner is not there. Trove names that of
    # Ubuntu's guests; root is in all of them.
    iniset "$TROVE_CONF" DEFAULT injected_config_owner root
    for conf in "$TROVE_CONF" "$TROVE_GUESTAGENT_CONF"; do
        iniset "$conf" k2hdkc docker_image "$(_k2hdkc_untagged "$TROVE_DATABASE_IMAGE_K2HDKC")"
        iniset "$conf" k2hdkc backup_docker_image "$(_k2hdkc_untagged "$TROVE_DATABASE_BACKUP_IMAGE_K2HDKC")"
        # Then the data are on the disk of the server itself.
        if ! is_service_enabled c-api; then
            iniset "$conf" k2hdkc volume_support False
        fi
    done
    sudo install -d -o "$STACK_USER" "$(dirname "$K2HDKC_TEMPLATES")" "$K2HDKC_TEMPLATES"
    cp "$K2HDKC_PATCHES_DIR"/trove-k2hdkc/trove_k2hdkc/templates/k2hdkc/* "$K2HDKC_TEMPLATES/"
    _k2hdkc_cloudinit
    _k2hdkc_registries
}

# _k2hdkc_cloudinit() - User data of guests: that of all datastores
function _k2hdkc_cloudinit {
    sudo cp "$TROVE_CONF_DIR/cloudinit/common.cloudinit" "$TROVE_CONF_DIR/cloudinit/k2hdkc.cloudinit"
}

# _k2hdkc_registries() - Adds ours to the registries that are asked without TLS
function _k2hdkc_registries {
    local all
    all=$(iniget "$TROVE_CONF" DEFAULT docker_insecure_registries)
    local registry
    for registry in ${TROVE_INSECURE_DOCKER_REGISTRIES//,/ }; do
        if [[ ",$all," != *",$registry,"* ]]; then
            all+=${all:+,}$registry
        fi
    done
    if [[ -n "$all" ]]; then
        iniset "$TROVE_CONF" DEFAULT docker_insecure_registries "$all"
    fi
}

# _k2hdkc_isolation() - Where guests find the registry when Trove isolated them
function _k2hdkc_isolation {
    if [[ "$TROVE_ENABLE_LOCAL_REGISTRY" != "True" || -z "$MGMT_PORT_IP" || -z "$LOCAL_HOSTNAME" || "$TROVE_HOST_GATEWAY" != "$MGMT_PORT_IP" ]]; then
        return
    fi
    iniset "$TROVE_GUESTAGENT_CONF" k2hdkc docker_image "$LOCAL_HOSTNAME:$REGISTRY_PORT/trove-datastores/k2hdkc-trove"
    iniset "$TROVE_GUESTAGENT_CONF" k2hdkc backup_docker_image "$LOCAL_HOSTNAME:$REGISTRY_PORT/trove-datastores/k2hdkc-trove-backup"
}

# register_k2hdkc() - The datastore, its version and parameters; the default
# datastore stays what it is
function register_k2hdkc {
    local class=()
    if "$TROVE_MANAGE" datastore_version_update --help | grep -q -e --registry-ext; then
        class=(--registry-ext "$K2HDKC_MANAGER" --repl-strategy unsupported)
    else
        # Up to 2024.1 the database does not say it.
        iniset "$TROVE_GUESTAGENT_CONF" DEFAULT datastore_registry_ext "k2hdkc:$K2HDKC_MANAGER"
    fi
    "$TROVE_MANAGE" datastore_update k2hdkc ''
    "$TROVE_MANAGE" datastore_version_update k2hdkc "$K2HDKC_DATASTORE_VERSION" k2hdkc '' '' 1 --image-tags "$K2HDKC_IMAGE_TAGS" "${class[@]}"
    "$TROVE_MANAGE" datastore_update k2hdkc "$K2HDKC_DATASTORE_VERSION"
    "$TROVE_MANAGE" db_load_datastore_config_parameters k2hdkc "$K2HDKC_DATASTORE_VERSION" "$K2HDKC_TEMPLATES/validation-rules.json"
}

# restart_trove_k2hdkc() - Trove was started before the last options were set
function restart_trove_k2hdkc {
    restart_service devstack@tr-tmgr
    if [[ "$TROVE_USE_MOD_WSGI" == "TRUE" ]]; then
        restart_apache_server
    else
        restart_service devstack@tr-api
    fi
}

# cleanup_k2hdkc() - Takes away what is not part of a checkout
function cleanup_k2hdkc {
    local file
    sudo rm -rf "$K2HDKC_TEMPLATES" "$TROVE_CONF_DIR/cloudinit/k2hdkc.cloudinit"
    for file in "$K2HDKC_PATCHES_DIR"/trove-dashboard-k2hdkc/trove_dashboard_k2hdkc/enabled/_1*.py; do
        rm -f "$K2HDKC_HORIZON_LOCAL/enabled/$(basename "$file")"
    done
    rm -f "$K2HDKC_HORIZON_SETTINGS"
}

# revert_k2hdkc() - Leaves Trove's checkout as it came
function revert_k2hdkc {
    rm -rf "$TROVE_DIR"/trove_k2hdkc "$TROVE_DIR"/trove_k2hdkc-*.dist-info
    if [[ -d "$TROVE_DIR" ]] && _k2hdkc_patched; then
        patch -p1 --fuzz=0 --batch --reverse --force --no-backup-if-mismatch -d "$TROVE_DIR" <"$K2HDKC_PATCH"
    fi
}

if is_service_enabled trove; then
    case "$1 $2" in
    "stack pre-install")
        _k2hdkc_check_order
        ;;
    "stack install")
        _k2hdkc_phase "Installing the K2HDKC datastore"
        install_k2hdkc
        ;;
    "stack post-config")
        _k2hdkc_phase "Configuring the K2HDKC datastore"
        configure_k2hdkc
        ;;
    "stack extra")
        _k2hdkc_phase "Registering the K2HDKC datastore"
        # Trove's plugin has written these anew in this phase.
        _k2hdkc_cloudinit
        _k2hdkc_registries
        _k2hdkc_isolation
        register_k2hdkc
        restart_trove_k2hdkc
        ;;
    esac
fi

if [[ "$1" == "unstack" || "$1" == "clean" ]]; then
    cleanup_k2hdkc
fi
if [[ "$1" == "clean" ]]; then
    revert_k2hdkc
fi

$K2HDKC_XTRACE
