using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureRecorder.Storage.Catalogue.Migrations
{
    /// <inheritdoc />
    public partial class Rights : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "Approval",
                table: "ReplayGrants",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "Approvals",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Session = table.Column<Guid>(type: "TEXT", nullable: false),
                    Requester = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Purpose = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    Note = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    RequestedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    DecidedBy = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    DecidedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    UsedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Approvals", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Entitlements",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Account = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    Team = table.Column<int>(type: "INTEGER", nullable: true),
                    Scope = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    ScopeTeam = table.Column<int>(type: "INTEGER", nullable: true),
                    ScopeLabel = table.Column<string>(type: "TEXT", maxLength: 60, nullable: true),
                    ScopeSession = table.Column<Guid>(type: "TEXT", nullable: true),
                    Video = table.Column<bool>(type: "INTEGER", nullable: false),
                    Chat = table.Column<bool>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    GrantedBy = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    GrantedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    RevokedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    RevokedBy = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Entitlements", x => x.Id);
                    table.CheckConstraint("CK_Entitlements_Scope", "(\"Scope\" = 'Team' AND \"ScopeTeam\" IS NOT NULL) OR (\"Scope\" = 'Label' AND \"ScopeLabel\" IS NOT NULL) OR (\"Scope\" = 'Session' AND \"ScopeSession\" IS NOT NULL)");
                    table.CheckConstraint("CK_Entitlements_Subject", "(\"Account\" IS NULL) <> (\"Team\" IS NULL)");
                });

            migrationBuilder.CreateTable(
                name: "Labels",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    NormalizedName = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    IsSensitive = table.Column<bool>(type: "INTEGER", nullable: false),
                    RetiredAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Labels", x => x.Name);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Approvals_Session_Requester_RequestedAt",
                table: "Approvals",
                columns: new[] { "Session", "Requester", "RequestedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Approvals_State_RequestedAt",
                table: "Approvals",
                columns: new[] { "State", "RequestedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Entitlements_Account",
                table: "Entitlements",
                column: "Account");

            migrationBuilder.CreateIndex(
                name: "IX_Entitlements_ScopeSession",
                table: "Entitlements",
                column: "ScopeSession");

            migrationBuilder.CreateIndex(
                name: "IX_Entitlements_Team",
                table: "Entitlements",
                column: "Team");

            migrationBuilder.CreateIndex(
                name: "IX_Labels_NormalizedName",
                table: "Labels",
                column: "NormalizedName",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Approvals");

            migrationBuilder.DropTable(
                name: "Entitlements");

            migrationBuilder.DropTable(
                name: "Labels");

            migrationBuilder.DropColumn(
                name: "Approval",
                table: "ReplayGrants");
        }
    }
}
